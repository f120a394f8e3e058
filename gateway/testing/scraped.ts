/** The value of one series in the text that Prometheus reads, whatever the order of its labels; NaN if there is none. */
export function scraped(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const line = text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}{`) && wanted.every((label) => candidate.includes(label)))
  return Number(line?.slice(line.lastIndexOf(' ')) ?? Number.NaN)
}

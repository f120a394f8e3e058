import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { SUBGRAPH_NAMES } from '../platform/subgraph/name.ts'
import { PROJECT_DIRECTORY } from './project.ts'
import { interpolateAll, interpolations, projectFile, readServices, type Service } from './testing/compose-file.ts'

const TEXT = projectFile('docker-compose.yml')
const PROCESSES = ['gateway-1', 'gateway-2', ...SUBGRAPH_NAMES]
const TOOLS = ['prometheus', 'grafana', 'jaeger']

const scraping = z.strictObject({
  global: z.object({ scrape_interval: z.string(), evaluation_interval: z.string() }),
  rule_files: z.array(z.string()),
  scrape_configs: z.tuple([
    z.strictObject({
      job_name: z.literal('cabinet'),
      static_configs: z.tuple([z.strictObject({ targets: z.array(z.string()) })]),
    }),
  ]),
})
const datasources = z.object({
  datasources: z.tuple([z.object({ type: z.literal('prometheus'), url: z.url(), isDefault: z.literal(true) })]),
})
const dashboards = z.object({
  providers: z.tuple([z.object({ type: z.literal('file'), options: z.object({ path: z.string() }) })]),
})

/** The services where the variables that a secret is asked for by have any value. */
function servicesWith(variables: Readonly<Record<string, string>>): Readonly<Record<string, Service>> {
  const required = interpolations(TEXT).filter(({ isRequired }) => isRequired)
  return interpolateAll(readServices(TEXT), {
    ...Object.fromEntries(required.map(({ name }) => [name, 'any'])),
    ...variables,
  })
}

/** The files of the project that a service finds, by where it finds them. */
function mountsOf({ volumes = [] }: Service): Map<string, string> {
  const mounts = volumes.filter((volume) => volume.startsWith('./')).map((volume) => volume.split(':'))
  return new Map(mounts.map(([source = '', target = '']) => [target, source]))
}

describe('what docker-compose.yml shows of the processes', () => {
  const services = servicesWith({})
  const find = (name: string) => services[name] ?? expect.fail(`there is no ${name}`)
  const environmentOf = (name: string): Readonly<Record<string, string>> => find(name).environment ?? {}
  const shareNetwork = (one: string, other: string) =>
    find(one).networks.some((network) => find(other).networks.includes(network))

  it('has each process serve metrics at a port that is published nowhere', () => {
    for (const name of PROCESSES) {
      const { PORT, METRICS_PORT } = environmentOf(name)
      expect(METRICS_PORT).toMatch(/^\d+$/)
      expect(METRICS_PORT).not.toBe(PORT)
      expect(find(name).ports).toBeUndefined()
      expect(projectFile('deploy/haproxy.cfg')).not.toContain(METRICS_PORT)
    }
  })

  it('has Prometheus read every process where it serves them, over the inner network', () => {
    const { rule_files: rules, scrape_configs } = scraping.parse(parse(projectFile('deploy/prometheus/prometheus.yml')))
    const [{ targets }] = scrape_configs[0].static_configs
    expect([...targets].sort()).toEqual(
      PROCESSES.map((name) => `${name}:${environmentOf(name)['METRICS_PORT']}`).sort(),
    )
    for (const name of PROCESSES) expect(shareNetwork('prometheus', name)).toBe(true)
    const mounted = mountsOf(find('prometheus')).get('/etc/prometheus')
    expect(mounted).toBe('./deploy/prometheus')
    expect(find('prometheus').command).toContain('--config.file=/etc/prometheus/prometheus.yml')
    for (const rule of rules) expect(existsIn(rule.replace('/etc/prometheus', mounted ?? ''))).toBe(true)
  })

  it('gives Grafana the dashboard and the way to Prometheus', () => {
    const mounts = mountsOf(find('grafana'))
    const read = (target: string) => parse(projectFile(mounts.get(target) ?? expect.fail(`nothing at ${target}`)))
    const [{ url }] = datasources.parse(read('/etc/grafana/provisioning/datasources/cabinet.yml')).datasources
    expect(url).toBe('http://prometheus:9090')
    expect(shareNetwork('grafana', 'prometheus')).toBe(true)
    const [{ options }] = dashboards.parse(read('/etc/grafana/provisioning/dashboards/cabinet.yml')).providers
    expect(mounts.get(`${options.path}/cabinet.json`)).toBe('./deploy/grafana/cabinet.json')
    for (const source of mounts.values()) expect(existsIn(source)).toBe(true)
  })

  it('makes traces only where a collector is named, and then for all processes', () => {
    for (const name of PROCESSES) expect(environmentOf(name)['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('')
    const endpoint = 'http://jaeger:4318'
    expect(projectFile('docs/operating.md')).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}`)
    const traced = servicesWith({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
    for (const name of PROCESSES) {
      expect(traced[name]?.environment).toMatchObject({
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.01',
      })
      expect(shareNetwork('jaeger', name)).toBe(true)
    }
  })

  it('starts what to look with only when that is asked for, and shows it to this machine alone', () => {
    for (const name of TOOLS) {
      expect(find(name).profiles).toEqual(['sight'])
      expect(find(name).ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/)])
      expect(find(name).image).toMatch(/:v?\d+\.\d+\.\d+$/)
    }
    for (const name of Object.keys(services).filter((service) => !TOOLS.includes(service))) {
      expect(find(name).profiles ?? []).not.toContain('sight')
      expect(JSON.stringify(find(name).depends_on ?? {})).not.toMatch(new RegExp(TOOLS.join('|')))
    }
    // It draws what Prometheus tells it, and has no way to the database.
    expect(find('grafana').networks).toEqual(['sight'])
    expect(find('grafana').environment).toMatchObject({
      GF_AUTH_BASIC_ENABLED: 'false',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    })
  })
})

function existsIn(file: string): boolean {
  return existsSync(path.join(PROJECT_DIRECTORY, file))
}

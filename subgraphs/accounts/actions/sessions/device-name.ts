/** What a person calls a device, fit to be shown in a list and in a notice. */
export type DeviceName = string & { readonly brand: 'DeviceName' }

/** In characters, as the database counts them: half of one would be none at all. */
const LENGTH_MAX = 100

/** Reads what a client calls its device, cut to what is kept; null when nothing is left of it. */
export function readDeviceName(text: string | null | undefined): DeviceName | null {
  const name = text?.replaceAll(/[\p{C}\s]+/gu, ' ').trim() ?? ''
  return ([...name].slice(0, LENGTH_MAX).join('').trim() || null) as DeviceName | null
}

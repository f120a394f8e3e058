const DEVICE_NAME_LENGTH_MAX = 100

/** What a person calls the device, cut to what is kept; null when they call it nothing. */
export function readDeviceName(text: string | null | undefined): string | null {
  return text?.trim().slice(0, DEVICE_NAME_LENGTH_MAX).trim() || null
}

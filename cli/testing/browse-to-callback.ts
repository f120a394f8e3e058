const REDIRECTS_MAX = 10

/**
 * Goes where a browser would, from the address where a person is sent to the one where the provider sends them back:
 * says the name on the way, or declines when it is null. Returns the last address, which nobody opens.
 */
export async function browseToCallback(authorizationUrl: string, name: string | null): Promise<string> {
  const { origin } = new URL(authorizationUrl)
  const cookies = new Map<string, string>()
  let url = authorizationUrl
  let form: URLSearchParams | null = null
  for (let step = 0; step < REDIRECTS_MAX; step++) {
    const response: Response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    })
    form = null
    keepCookies(cookies, response)
    const location = response.headers.get('location')
    if (location === null) {
      const action = /action="([^"]+)"/.exec(await response.text())?.[1]
      if (action === undefined) throw new Error(`the provider answered ${response.status} and no form`)
      url = new URL(action, url).href
      form = new URLSearchParams({ name: name ?? '' })
    } else {
      url = new URL(location, url).href
      if (new URL(url).origin !== origin) return url
    }
  }
  throw new Error('the provider sends round in circles')
}

function keepCookies(cookies: Map<string, string>, response: Response): void {
  for (const cookie of response.headers.getSetCookie()) {
    const [pair = ''] = cookie.split(';')
    const [name = '', value = ''] = pair.split('=')
    if (value === '') cookies.delete(name)
    else cookies.set(name, value)
  }
}

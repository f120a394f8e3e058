import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { invariant } from '../../platform/invariant.ts'
import { type Page, pageHeaders, scriptLiteral, sourceHash } from './page.ts'

export interface PageResponse {
  readonly status: 200 | 304
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string
}

/** The page in its encodings: it is nine megabytes, so it is made at the first visit, once. */
interface PackedPage {
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: Readonly<Record<'br' | 'gzip' | 'identity', Buffer>>
}

/** GraphiQL as one page that asks for nothing but itself and `/graphql`. */
export function createGraphiqlPage(query: string): (request: IncomingHttpHeaders) => Promise<PageResponse> {
  let packed: Promise<PackedPage> | null = null
  return async (request) => {
    packed ??= renderGraphiqlPage(query).then(pack)
    const { headers, bodies } = await packed
    if (request['if-none-match'] === headers['etag']) return { status: 304, headers, body: '' }
    const encoding = chooseEncoding(request['accept-encoding'])
    return {
      status: 200,
      headers: encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding },
      body: bodies[encoding],
    }
  }
}

function chooseEncoding(accepted: string | string[] | undefined): keyof PackedPage['bodies'] {
  const names = String(accepted ?? '').split(/\s*[,;]\s*/)
  return (['br', 'gzip'] as const).find((name) => names.includes(name)) ?? 'identity'
}

async function pack({ html, headers }: Page): Promise<PackedPage> {
  const identity = Buffer.from(html)
  const [br, gzipped] = await Promise.all([
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    promisify(gzip)(identity),
  ])
  const etag = `"${createHash('sha256').update(identity).digest('base64url')}"`
  return { headers: { ...headers, etag, vary: 'accept-encoding' }, bodies: { br, gzip: gzipped, identity } }
}

/** The package renders a page with its options as JSON; ours need code, so a call of our script takes their place. */
async function renderGraphiqlPage(query: string): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const options = { title: 'Cabinet', endpoint: '/graphql' }
  const rendered = renderGraphiQL(options).split(JSON.stringify(options))
  invariant(rendered.length === 2, 'GraphiQL’s page names its options once')
  const ours = browserScript(query)
  const html = rendered
    .join('cabinetOptions()')
    .trimStart()
    .replace('<div id="root"></div>', () => `<div id="root"></div><script>${ours}</script>`)
  return {
    html,
    headers: pageHeaders({
      'script-src': `${sourceHash(ours)} ${sourceHash(lastScript(html))}`,
      // The editor writes its colours and places into style attributes and elements of its own.
      'style-src': "'unsafe-inline'",
      'img-src': 'data:',
      'font-src': 'data:',
      'worker-src': 'blob:',
      'connect-src': "'self'",
    }),
  }
}

function lastScript(html: string): string {
  const end = html.lastIndexOf('</script>')
  const start = html.indexOf('<script>', html.indexOf('</script>'))
  invariant(start !== -1 && start < end, 'GraphiQL’s page has a script after ours')
  return html.slice(start + '<script>'.length, end)
}

/**
 * Takes the token out of the address, so that it is not copied along with it, and keeps it for this browser tab only.
 * What is typed lives as long: the next start prints another token, and an old one must not come back.
 */
function browserScript(query: string): string {
  return `
      const cabinetHome = ${scriptLiteral(query)}
      function cabinetOptions() {
        const given = new URLSearchParams(location.hash.slice(1))
        if (given.has('token')) {
          sessionStorage.clear()
          sessionStorage.setItem('cabinet:token', given.get('token'))
        }
        const token = sessionStorage.getItem('cabinet:token')
        const headers = JSON.stringify(token ? { authorization: 'Bearer ' + token } : {}, null, 2)
        if (given.has('from')) showNotice()
        history.replaceState(null, '', location.pathname)
        return {
          title: 'Cabinet',
          endpoint: '/graphql',
          defaultQuery: cabinetHome,
          headers,
          // Without these a reload before the first edit opens an empty tab beside the one that it restores.
          query: sessionStorage.getItem('graphiql:query') || cabinetHome,
          initialHeaders: sessionStorage.getItem('graphiql:headers') || headers,
          storage: sessionStorage,
          onEditQuery() {},
        }
      }
      function showNotice() {
        const notice = document.createElement('button')
        notice.id = 'notice'
        notice.style = 'position:fixed;z-index:100;bottom:16px;right:16px;padding:12px 16px;border:0;border-radius:8px;' +
          'font:14px system-ui,sans-serif;background:#1f2430;color:#fff;cursor:pointer'
        notice.textContent = 'Apollo Sandbox cannot be reached from here, so this is the local explorer. ✕'
        notice.onclick = () => notice.remove()
        document.body.append(notice)
      }
    `
}

import { type Page, pageHeaders, scriptLiteral, sourceHash } from './page.ts'

const SANDBOX_CDN = 'https://embeddable-sandbox.cdn.apollographql.com'
const SANDBOX_FRAME = 'https://sandbox.embed.apollographql.com'
/** A network that swallows packets gives no error: after this long it counts as none. */
const PATIENCE_MS = 6_000

/**
 * Apollo's Sandbox, embedded as Apollo Server's own landing page embeds it. Unlike that page this one goes to the local
 * explorer when the Sandbox cannot be reached, and hands it the token.
 */
export function renderSandboxPage(query: string): Page {
  const script = browserScript(query)
  return {
    headers: pageHeaders({
      'script-src': `${sourceHash(script)} ${SANDBOX_CDN}`,
      'style-src': sourceHash(STYLE),
      'img-src': 'data:',
      'frame-src': SANDBOX_FRAME,
      'connect-src': "'self'",
    }),
    html: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Cabinet · Apollo Sandbox</title>
    <link rel="icon" href="data:,">
    <style>${STYLE}</style>
  </head>
  <body>
    <p>Apollo Sandbox is loading. The explorer that needs no internet is at <a href="/explorer">/explorer</a>.</p>
    <div id="sandbox"></div>
    <script>${script}</script>
  </body>
</html>
`,
  }
}

const STYLE = `
      body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
      p { padding: 1em; }
      #sandbox { position: absolute; inset: 0; }
      #sandbox:empty { display: none; }
      iframe { width: 100%; height: 100%; border: 0; background: white; }
    `

function browserScript(query: string): string {
  return `
      const token = new URLSearchParams(location.hash.slice(1)).get('token')
      const script = document.createElement('script')
      const goLocal = () => {
        const fragment = new URLSearchParams({ from: 'sandbox', ...(token && { token }) })
        location.replace('/explorer#' + fragment)
      }
      const timer = setTimeout(goLocal, ${PATIENCE_MS})
      script.onerror = goLocal
      script.onload = () => {
        clearTimeout(timer)
        if (!window.EmbeddedSandbox) return goLocal()
        new window.EmbeddedSandbox({
          target: '#sandbox',
          initialEndpoint: location.origin + '/graphql',
          endpointIsEditable: false,
          hideCookieToggle: true,
          runTelemetry: false,
          allowDynamicStyles: false,
          initialState: {
            document: ${scriptLiteral(query)},
            headers: token ? { authorization: 'Bearer ' + token } : {},
            includeCookies: false,
          },
        })
      }
      script.src = '${SANDBOX_CDN}/v2/embeddable-sandbox.umd.production.min.js'
      document.head.append(script)
    `
}

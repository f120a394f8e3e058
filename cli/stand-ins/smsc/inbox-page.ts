import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type InboxMessage, readInbox } from './inbox.ts'

const MESSAGES_SHOWN = 100
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

/** Shows the newest messages on a page of this machine. Gives the port. */
export async function serveInboxPage(file: string): Promise<number> {
  const server = createServer((request, response) => {
    // A page of elsewhere may lead its own name to this machine, and would read one-time passwords here.
    const isLocal = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')
    const isFound = isLocal && request.url === '/inbox'
    response.writeHead(isFound ? 200 : 404, HEADERS)
    response.end(isFound ? renderPage(readInbox(file).slice(-MESSAGES_SHOWN).reverse()) : 'Look at /inbox')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function renderPage(messages: readonly InboxMessage[]): string {
  const rows = messages.map(
    ({ at, phone, sender, text }) => `<tr><td>${[at, phone, sender, text].map(escapeHtml).join('</td><td>')}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>Inbox</title>
<style>body{font:16px system-ui;margin:2em}table{border-collapse:collapse}td,th{padding:.5em 1em;text-align:left;
border-bottom:1px solid #ccc;vertical-align:top}td:last-child{white-space:pre-wrap}</style></head>
<body><h1>Text messages</h1>
<table><tr><th>Time</th><th>To</th><th>From</th><th>Text</th></tr>${rows.join('\n')}</table>
</body></html>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

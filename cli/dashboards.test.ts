import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { createGatewayMetrics } from '../gateway/sight/gateway-metrics.ts'
import { countPools } from '../platform/sight/pool-metrics.ts'
import { createRegistry } from '../platform/sight/process-metrics.ts'
import { countSubgraph } from '../platform/sight/subgraph-metrics.ts'
import type { Subgraph } from '../platform/subgraph/subgraph.ts'
import { projectFile } from './testing/compose-file.ts'

const NO_COUNTS = { hits: 0, misses: 0, size: 0 }

const alerts = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().startsWith('Cabinet'),
          expr: z.string().min(1),
          for: z.string().regex(/^\d+[sm]$/),
          labels: z.object({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.object({ summary: z.string().min(1) }),
        }),
      ),
    }),
  ),
})
const dashboard = z.object({
  title: z.string(),
  panels: z.array(z.object({ id: z.number(), title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
})

const RULES = alerts.parse(parse(projectFile('deploy/prometheus/alerts.yml'))).groups.flatMap(({ rules }) => rules)
const PANELS = dashboard.parse(JSON.parse(projectFile('deploy/grafana/cabinet.json'))).panels

describe('what is in deploy/ for Prometheus and Grafana', () => {
  it('asks for metrics that there are', async () => {
    const known = await knownSeries()
    const expressions = [...RULES, ...PANELS.flatMap(({ targets }) => targets)].map(({ expr }) => expr)
    for (const expression of expressions) {
      const named = expression.match(/\b(?:cabinet|nodejs|process)_\w+/g) ?? []
      for (const metric of named) expect(known, expression).toContain(metric)
    }
  })

  it('shows every metric of ours', () => {
    const shown = PANELS.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n')
    for (const name of gatewayAndSubgraphMetrics()) expect(shown).toContain(name)
  })

  it('has each alert and each panel once', () => {
    expect(new Set(RULES.map(({ alert }) => alert)).size).toBe(RULES.length)
    expect(new Set(PANELS.map(({ id }) => id)).size).toBe(PANELS.length)
  })
})

/** The names of series: a histogram has three. */
async function knownSeries(): Promise<Set<string>> {
  const own = await Promise.all([gatewayRegistry(), subgraphRegistry()].map((registry) => registry.getMetricsAsJSON()))
  const defaults = await createRegistry('test').getMetricsAsJSON()
  const names = [...own.flat(), ...defaults].map(({ name }) => name)
  return new Set(names.flatMap((name) => [name, ...['bucket', 'count', 'sum'].map((part) => `${name}_${part}`)]))
}

function gatewayAndSubgraphMetrics(): string[] {
  return [gatewayRegistry(), subgraphRegistry()].flatMap((registry) =>
    registry.getMetricsAsArray().map(({ name }) => name),
  )
}

function gatewayRegistry(): Registry {
  const registry = new Registry()
  createGatewayMetrics(registry).watchOperationCache?.(() => NO_COUNTS)
  return registry
}

function subgraphRegistry(): Registry {
  const registry = new Registry()
  countSubgraph(registry, { operationCounts: () => NO_COUNTS } as Subgraph)
  countPools(registry, [])
  return registry
}

import { expect } from 'vitest'

/** What the SARIF specification asks of a run beyond its types. */
export function expectSarif({ tool, originalUriBaseIds, results }: SarifRun): void {
  const ids = tool.driver.rules.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(results.length).toBeGreaterThan(0)
  for (const { ruleId, ruleIndex, level, message, locations } of results) {
    expect(ids[ruleIndex]).toBe(ruleId)
    expect(['error', 'warning', 'note', 'none']).toContain(level)
    expect(message.text.trim()).not.toBe('')
    expect(locations).toHaveLength(1)
    for (const { physicalLocation } of locations) {
      const { uri, uriBaseId } = physicalLocation.artifactLocation
      if (uriBaseId === undefined) expect(uri).toMatch(/^file:\/\/\//)
      else {
        expect(originalUriBaseIds[uriBaseId]?.uri).toMatch(/^file:\/\/\/.*\/$/)
        expect(uri).not.toMatch(/^\/|^[a-z]+:|\s/)
      }
      const { startLine, startColumn, endLine, endColumn } = physicalLocation.region
      for (const number of [startLine, startColumn, endLine, endColumn]) expect(number).toBeGreaterThan(0)
      expect(endLine > startLine || (endLine === startLine && endColumn >= startColumn)).toBe(true)
    }
  }
}

interface SarifRun {
  readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } }
  readonly originalUriBaseIds: Readonly<Record<string, { readonly uri: string }>>
  readonly results: readonly {
    readonly ruleId: string
    readonly ruleIndex: number
    readonly level: string
    readonly message: { readonly text: string }
    readonly locations: readonly {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }
        readonly region: Readonly<Record<'startLine' | 'startColumn' | 'endLine' | 'endColumn', number>>
      }
    }[]
  }[]
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSideUri, sideUri } from '../../extension/changeUri.ts'

test('a side of a change keeps the path of the file', () => {
  const uri = sideUri('/home/me/shop', { session: 's1', path: 'src/a.js', side: 'layer' })
  expect(uri).toEqual({ scheme: 'paddock-layer', path: '/home/me/shop/src/a.js', query: 'session=s1&path=src%2Fa.js' })
})

test('the base of a renamed file shows at its old path and still names its change', () => {
  const uri = sideUri('/w', { session: 's1', path: 'new.js', side: 'base' }, 'old.js')
  expect(uri.path).toBe('/w/old.js')
  expect(parseSideUri(uri)).toEqual({ session: 's1', path: 'new.js', side: 'base' })
})

test('whatever the names are, it reads back as what was meant', () => {
  const name = fc.string({ minLength: 1, unit: 'grapheme' })
  fc.assert(
    fc.property(name, name, fc.constantFrom('base' as const, 'layer' as const), (session, path, side) => {
      expect(parseSideUri(sideUri('/w', { session, path, side }))).toEqual({ session, path, side })
    }),
  )
})

test.each([
  { scheme: 'file', path: '/w/a', query: 'session=s&path=a' },
  { scheme: 'paddock-base', path: '/w/a', query: '' },
  { scheme: 'paddock-layer', path: '/w/a', query: 'session=s' },
])('%j is none of ours', (uri) => expect(parseSideUri(uri)).toBeNull())

import { expect, test } from 'vitest'
import { Subscriptions } from '../../extension/subscriptions.ts'

test('only the last one to leave unsubscribes', () => {
  const subscriptions = new Subscriptions()
  subscriptions.add('window', 's1')
  subscriptions.add('page', 's1')
  subscriptions.add('page', 's1')
  expect(subscriptions.drop('page', 's1')).toBe(false)
  expect(subscriptions.has('page', 's1')).toBe(false)
  expect(subscriptions.drop('page', 's1')).toBe(false)
  expect(subscriptions.drop('window', 's1')).toBe(true)
  expect(subscriptions.drop('window', 's1')).toBe(false)
})

test('a page that goes leaves what only it followed', () => {
  const subscriptions = new Subscriptions()
  subscriptions.add('window', 's1')
  for (const session of ['s1', 's2', 's3']) subscriptions.add('page', session)
  expect(subscriptions.dropAll('page')).toEqual(['s2', 's3'])
  expect(subscriptions.has('window', 's1')).toBe(true)
  expect(['s1', 's2'].map((session) => subscriptions.isFollowed(session))).toEqual([true, false])
})

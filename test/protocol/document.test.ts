import { expect, test } from 'vitest'
import { protocolDocument } from '../support/protocolDocument.ts'

test('the protocol and its document say the same', async () => {
  await expect(protocolDocument()).toMatchFileSnapshot('../../daemon/protocol/PROTOCOL.md')
})

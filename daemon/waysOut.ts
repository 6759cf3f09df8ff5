import { type BoundSecret, bindSecret } from './egress/boundSecret.ts'
import { caBundle, caEnvironment } from './egress/caEnvironment.ts'
import { type Egress, egress } from './egress/egress.ts'
import type { NetworkPort } from './sandbox/sandbox.ts'
import type { BindSecrets } from './sandbox/secrets.ts'
import type { NetworkOwner, SessionWayOut } from './session/sessionNetwork.ts'

interface WayOut {
  readonly egress: Egress
  secrets: readonly BoundSecret[]
}

/** The ways out of all sandboxes: what sessions decide by, joined with the secrets that their workspaces bind to hosts. */
export interface WaysOut {
  open(owner: NetworkOwner): SessionWayOut
  readonly bindSecrets: BindSecrets
}

/** Where programs inside find the certificates that make them trust the swap; in memory only, as all of `/run`. */
const certificates = { ca: '/run/paddock/ca.pem', bundle: '/run/paddock/ca-bundle.pem' }

export function waysOut(): WaysOut {
  const all = new WeakMap<NetworkPort, WayOut>()
  return {
    open(owner) {
      const made: WayOut = {
        secrets: [],
        egress: egress({
          policy: () => owner.policy(),
          ask: (question, signal) => owner.ask(question, signal),
          onDecided: (decision) => owner.onDecided(decision),
          sourceOf: (tag) => owner.sourceOf(tag),
          secrets: () => made.secrets,
        }),
      }
      all.set(made.egress, made)
      return made.egress
    },
    async bindSecrets(network, secrets) {
      const way = all.get(network)
      const nothing = { variables: {}, files: new Map<string, Uint8Array>() }
      if (way) way.secrets = []
      if (!way || secrets.length === 0) return nothing
      const bound: BoundSecret[] = []
      const variables: Record<string, string> = {}
      for (const { name, use, value } of secrets) {
        const made = bindSecret(name, use, value)
        if (made.type === 'unusable') return { type: 'unusable', why: made.why }
        bound.push(made.secret)
        variables[name] = made.secret.standIn
      }
      way.secrets = bound
      const { caPem } = way.egress
      const files = new Map<string, Uint8Array>([
        [certificates.ca, Buffer.from(caPem)],
        [certificates.bundle, Buffer.from(await caBundle(caPem))],
      ])
      return { variables: { ...caEnvironment(certificates), ...variables }, files }
    },
  }
}

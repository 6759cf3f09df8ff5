import { dataFolder as usualDataFolder } from '#client/dataFolder.ts'
import type { Examine } from './approval/policy/examples.ts'
import { policyPlaces } from './approval/policy/policyPlaces.ts'
import { PolicySources } from './approval/policy/policySources.ts'
import { WorkspacePolicies, type WorkspacePoliciesParams } from './approval/policy/workspacePolicies.ts'
import { judgeIn } from './judgeIn.ts'
import { below, hasOriginal } from './layer/originals.ts'

export interface PolicyChoiceParams {
  readonly dataFolder: string
  /** What is in force in a workspace changed. */
  readonly onChanged: (folder: string) => void
  readonly standing: WorkspacePoliciesParams['standing']
}

/** The policies of this machine, user and daemon, and what judges by them; loaded when something first needs them. */
export function policyChoice({ dataFolder, onChanged, standing }: PolicyChoiceParams) {
  let loading: ReturnType<typeof load> | undefined
  const ready = () => {
    loading ??= load()
    return loading
  }
  const load = async () => {
    const { loadGuard } = await import('./approval/guard/guard.ts')
    const guard = await loadGuard()
    const examineIn =
      (isOriginal: (root: string, path: string) => boolean): Examine =>
      (action, { root, home }) =>
        guard.examine(action, { root, home, isOriginal: (path) => isOriginal(root, path) })
    // The examples of a rule know no workspace: there, everything is the user's.
    const sources = new PolicySources({
      places: policyPlaces(dataFolder, dataFolder !== usualDataFolder({ ...process.env, PADDOCK_HOME: '' })),
      examine: examineIn(() => true),
    })
    sources.listen(onChanged)
    return { sources, examineIn: (folder: string) => examineIn((root, path) => wasThere(folder, root, path)) }
  }
  return {
    policies: new WorkspacePolicies({ ready, standing }),
    judgeOf: async (folder: string) => judgeIn(folder, await ready()),
    async close() {
      ;(await loading)?.sources.close()
    },
  }
}

/**
 * Whether the user, or somebody else than this session's agent, has something at a path inside: in the workspace's folder,
 * which is at `root` there, or outside it, where only the sandbox's own temporary files are nobody's.
 */
function wasThere(folder: string, root: string, path: string): boolean {
  const inner = below(root, path)
  return inner === undefined ? below('/tmp', path) === undefined : hasOriginal(folder, inner)
}

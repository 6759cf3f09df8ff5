import { closeSync, mkdirSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { build } from '#client/build.ts'
import { dataFolder as defaultDataFolder } from '#client/dataFolder.ts'
import type { SandboxKind } from '#protocol/sandbox.ts'
import { tools } from './agent/tools/tools.ts'
import { DaemonLife } from './daemonLife.ts'
import { copyLayerProvider } from './layer/copyLayer.ts'
import { overlayLayerProvider } from './layer/overlayLayer.ts'
import { modelChoice } from './modelChoice.ts'
import { policyChoice } from './policyChoice.ts'
import { treeBytes } from './sandbox/folderTree.ts'
import { KnownSecrets } from './sandbox/redaction.ts'
import type { Sandbox } from './sandbox/sandbox.ts'
import { sandboxChoice } from './sandboxChoice.ts'
import { dispatcher } from './server/dispatch.ts'
import { approvalHandlers } from './server/handlers/approval.ts'
import { auditHandlers } from './server/handlers/audit.ts'
import { changeHandlers } from './server/handlers/change.ts'
import { checkpointHandlers } from './server/handlers/checkpoint.ts'
import { daemonHandlers } from './server/handlers/daemon.ts'
import { doctorHandlers } from './server/handlers/doctor.ts'
import { modelHandlers } from './server/handlers/model.ts'
import { policyHandlers } from './server/handlers/policy.ts'
import { processHandlers } from './server/handlers/process.ts'
import { sandboxHandlers } from './server/handlers/sandbox.ts'
import { sessionHandlers } from './server/handlers/session.ts'
import { taskHandlers } from './server/handlers/task.ts'
import { workspaceHandlers } from './server/handlers/workspace.ts'
import { type Listening, listen } from './server/server.ts'
import { roleRefused, rulesChanged, settingsChanged } from './session/audit/apartFromEvents.ts'
import { Sessions } from './session/sessions.ts'
import { sqliteStore } from './session/sqliteStore.ts'
import { keepFootprintSmall } from './smallFootprint.ts'
import { waysOut } from './waysOut.ts'

/** The composition root: with the files beside it the only place that names concrete sandboxes, layers, models and stores. */
async function main(): Promise<void> {
  keepFootprintSmall()
  const startedAt = Date.now()
  const dataFolder = defaultDataFolder()
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const known = new KnownSecrets()
  const report = (line: string) => console.error(`${new Date().toISOString()} ${known.text(line)}`)
  process.on('uncaughtException', (error) => report(`bug: ${error.stack ?? error}`))
  process.on('unhandledRejection', (error) => report(`bug: ${error instanceof Error ? error.stack : error}`))

  const store = sqliteStore(join(dataFolder, 'paddock.db'), known)
  const layerStoreOf = (session: string) => join(dataFolder, 'layers', session)
  const copies = copyLayerProvider()
  const fenced = process.platform === 'darwin' ? copies : overlayLayerProvider()
  const ways = waysOut()
  const sandboxes = sandboxChoice({
    bindSecrets: ways.bindSecrets,
    known,
    dataFolder,
    version: build,
    busySessions: (folder) => sessions.atWorkOn(folder).flatMap(({ id, runningTask }) => (runningTask ? [id] : [])),
    layerBytes: async (folder) => treeBytes(...(await sessions.list(folder)).map(({ id }) => layerStoreOf(id))),
    report,
  })
  // Milliseconds between two words of the demo model: quick to read, not instant.
  const models = modelChoice(Number(process.env['PADDOCK_DEMO_PACE'] ?? 20), known)
  const beginning = { home: homedir(), sandboxed: true, grants: new Set<string>(), rules: [] }
  const policy = policyChoice({
    dataFolder,
    onChanged: (folder) => {
      sessions.rulesChanged(folder)
      tell((wire) => wire.send('policy/changed', { folder }))
    },
    standing: async (folder, session) =>
      session === undefined
        ? { ...beginning, root: folder, network: sandboxes.of(folder).policy }
        : (await sessions.get(session)).gate.standing,
  })
  const sessions = new Sessions(
    {
      store,
      layers: ({ unsandboxed }) => (unsandboxed ? copies : fenced),
      sandboxOf: (folder) => sandboxes.of(folder),
      judgeOf: (folder) => policy.judgeOf(folder),
      egress: ways.open,
      tools: tools(),
      skills: async () => (await import('./skillReading.ts')).skillReading,
      model: (begunOn) => models.current(begunOn),
      userHome: homedir(),
      layerStoreOf,
      redaction: known,
    },
    report,
  )

  let listening: Listening | undefined
  const life = new DaemonLife({
    idleMs: Number(process.env['PADDOCK_IDLE_MINUTES'] ?? 30) * 60_000,
    isBusy: () => sessions.runningTasks > 0,
    isUsed: () => sessions.openSandboxes > 0 || (listening?.connections ?? 0) > 0,
    withdraw: async () => listening?.withdraw(),
    stop: async () => {
      await sessions.stop()
      await sandboxes.stop()
      await policy.close()
      await listening?.close()
      await models.close()
      store.close()
    },
    report,
  })
  sessions.onActivity = () => life.look()

  /** What people do in a session's sandbox shows as the agent's own doings do. */
  const place = {
    async useSandbox(id: string, work: (sandbox: Sandbox) => Promise<void>, kind?: SandboxKind) {
      const session = await sessions.get(id)
      try {
        await session.useSandbox(work, kind)
      } finally {
        sandboxes.of(session.layer.folder).look()
        await session.lookAtChanges()
      }
    },
  }
  const dispatch = dispatcher(
    {
      ...daemonHandlers({
        status: () => ({
          pid: process.pid,
          build,
          startedAt,
          connections: listening?.connections ?? 0,
          sessions: sessions.loaded,
          runningTasks: sessions.runningTasks,
          openSandboxes: sessions.openSandboxes,
          memoryBytes: process.memoryUsage.rss(),
          dataFolder,
          logFile: join(dataFolder, 'daemon.log'),
        }),
        shutdown: (whenIdle) => life.askToGo(whenIdle),
      }),
      ...doctorHandlers(() => examine(dataFolder)),
      ...sessionHandlers(sessions),
      ...taskHandlers(sessions),
      ...approvalHandlers(sessions),
      ...auditHandlers(store.audit),
      ...policyHandlers(policy.policies, (folder, change, client) =>
        store.audit.record(rulesChanged(folder, change, client)),
      ),
      ...changeHandlers(sessions),
      ...checkpointHandlers(sessions),
      ...workspaceHandlers(sessions),
      ...sandboxHandlers(sandboxes, place, (folder, settings, client) => {
        store.audit.record(settingsChanged(folder, settings, client))
      }),
      ...processHandlers(place),
      ...modelHandlers(models, (model) => {
        tell((wire) => wire.send('model/changed', { model }))
        void sessions.goOn()
      }),
    },
    report,
    {
      redact: (value) => known.deep(value),
      onRefused: (client, method, role) => store.audit.record(roleRefused(client, method, role)),
    },
  )
  const tell = (say: (wire: Parameters<Listening['wires']['has']>[0]) => void) => {
    for (const wire of listening?.wires ?? []) say(wire)
  }
  sandboxes.listen((sandbox) => {
    sessions.rulesChanged(sandbox.folder)
    tell((wire) => wire.send('sandbox/changed', { sandbox }))
  })
  sessions.listen({
    summaryChanged: (session) => tell((wire) => wire.send('session/changed', { session })),
    approvalsChanged: (approvals) => tell((wire) => wire.send('approval/changed', { approvals })),
    deleted: (session) => tell((wire) => wire.send('session/deleted', { session })),
    trouble: (session, message) => tell((wire) => wire.send('session/trouble', { session, message })),
  })

  const recovered = sessions.recover()
  listening = await listen({
    dataFolder,
    build,
    dispatch: (method, params, caller) => life.during(dispatch(method, params, caller)),
    serveSkills: async (reader, writer) => {
      const { startSkillServer } = await import('./skill/languageServer.ts')
      const { thisMachine } = await import('./skill/thisMachine.ts')
      startSkillServer(reader, writer, thisMachine(join(dataFolder, 'skills')))
    },
    onConnections: () => life.look(),
    report,
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void life.go(signal))
  report(`build ${build} answers, pid ${process.pid}`)
  announceReady()
  life.look()
  await recovered
  await sandboxes.cleanUp()
}

/** Whoever started this daemon waits for a byte on the descriptor that it names. */
function announceReady(): void {
  const descriptor = Number(process.env['PADDOCK_READY_FD'])
  if (!(descriptor > 2)) return
  try {
    writeSync(descriptor, '1')
  } catch {
    // It went away meanwhile; others may come.
  }
  closeSync(descriptor)
}

/** Loaded when it is asked for. */
async function examine(folder: string) {
  const { examineMachine } = await import('./doctorChoice.ts')
  return examineMachine(folder)
}

/** `doctor` as the only word: examines the machine where no daemon can be had, and prints what it found. */
async function doctor(): Promise<void> {
  const diagnosis = await examine(defaultDataFolder())
  process.stdout.write(`${JSON.stringify(diagnosis)}\n`, () => process.exit(0))
}

const begin = process.argv[2] === 'doctor' ? doctor : main
begin().catch((error: unknown) => {
  console.error(`${new Date().toISOString()} could not start: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
})

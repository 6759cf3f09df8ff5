import type { Call } from '../call.ts'
import type { Examination, Knowledge, Options } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { acts, all, look, reads, run, texts } from './options.ts'

const removes = 'It removes containers, images or volumes with what is in them.'
const remove = acts('removes-containers', removes)
const publish = acts('publishes', 'It puts an image where others fetch it from.')

const running: Options = {
  ...texts(
    '-e --env --env-file -w --workdir -u --user --name -p --publish -h --hostname -l --label -m --memory --cpus --entrypoint',
  ),
  ...texts(
    '--platform --restart --pull --add-host --network-alias --ulimit --shm-size --log-driver --stop-signal --detach-keys -a --expose --tmpfs --index',
  ),
  '-v --volume --mount': { value: 'text' },
  '--net --network --pid --ipc --userns --uts --cap-add --security-opt --device --cgroupns --runtime': {
    value: 'text',
  },
  '--privileged': { act: act('reaches-machine', 'It gives a container all rights on the machine.') },
}

const runs: Knowledge = {
  effect: 'run',
  options: running,
  starts: { skip: 1, elsewhere: true, optional: true },
  examine: reachesOut,
}
const compose: Knowledge = {
  effect: 'run',
  options: { ...texts('-p --project-name --profile --env-file --project-directory --ansi'), '-f --file': reads },
  subcommands: {
    ...all('up build pull start stop restart create pause unpause watch cp convert wait scale attach', run()),
    ...all('ps logs config images top port ls events version stats volumes', look()),
    ...all('exec', { ...runs }),
    run: runs,
    down: {
      effect: 'run',
      options: { '-v --volumes --rmi': { act: act('removes-containers', removes) }, ...texts('-t --timeout') },
    },
    ...all('rm kill', remove),
    push: publish,
  },
}

const docker: Knowledge = {
  effect: 'run',
  options: {
    ...texts('-c --context --config -l --log-level'),
    '-H --host': { value: 'host', act: act('acts-elsewhere', 'It talks to another engine.') },
  },
  subcommands: {
    ...all('ps images logs inspect version info stats top port diff history search events wait', look()),
    ...all(
      'build pull tag start stop restart pause unpause create cp commit save load import export attach rename update buildx init scout context',
      run(),
    ),
    run: runs,
    exec: runs,
    push: publish,
    ...all('rm rmi kill prune', remove),
    ...all('container image', {
      effect: 'run',
      subcommands: {
        ...all('ls list inspect logs stats top history', look()),
        ...all('build pull start stop restart create tag', run()),
        run: runs,
        exec: runs,
        push: publish,
        ...all('rm rmi prune kill remove', remove),
      },
    }),
    ...all('volume network builder plugin', {
      effect: 'run',
      subcommands: {
        ...all('ls list inspect du', look()),
        ...all('create connect disconnect build', run()),
        ...all('rm prune remove', remove),
        push: publish,
      },
    }),
    system: { effect: 'run', subcommands: { ...all('df info events', look()), prune: remove } },
    compose,
    ...all('login logout', run()),
    ...all(
      'swarm service stack node secret config',
      acts('changes-infrastructure', 'It changes what runs on a cluster.'),
    ),
    manifest: {
      effect: 'run',
      subcommands: { push: publish, ...all('inspect', look()), ...all('create annotate', run()) },
    },
  },
}

/** Engines of containers. */
export const containers: Record<string, Knowledge> = {
  docker,
  podman: docker,
  nerdctl: docker,
  ...all('docker-compose podman-compose', compose),
  buildah: { effect: 'run', subcommands: { push: publish, ...all('rm rmi prune', remove) } },
  ...all('skopeo crane oras', {
    effect: 'run',
    subcommands: {
      ...all('copy sync push delete append mutate', publish),
      ...all('inspect list-tags ls manifest digest', look()),
    },
  }),
  ...all('ctr crictl runc lxc lxd-lxc incus multipass vagrant limactl colima minikube kind k3d', {
    effect: 'run',
    subcommands: {
      ...all('rm rmi delete destroy stop prune remove kill', remove),
      ...all('ls list ps info status version', look()),
      ...all('run exec', runs),
    },
  }),
  devcontainer: {
    effect: 'run',
    subcommands: {
      exec: { effect: 'run', options: { '--workspace-folder': reads }, starts: { elsewhere: true } },
      ...all('up build', run()),
    },
  },
  dive: look(),
}

/** A container that is given the machine's files, engine or namespaces. */
function reachesOut({ options }: Call, at: Examination): void {
  for (const { name, value } of options) {
    const given = value?.text ?? value?.lead ?? ''
    const outside = name === '-v' && (/^\/(?!tmp\/)/.test(given) || /docker\.sock|source=\/|src=\/|^~/.test(given))
    const shared = name === '--net' && /^(host|container:.*|unconfined|.*=unconfined|ALL|SYS_.*|\/dev\/.*)$/.test(given)
    if (outside) at.reason(act('reaches-machine', `It gives a container a part of the machine: ${given}.`))
    if (shared) at.reason(act('reaches-machine', `It takes a container’s fence away: ${name} ${given}.`))
  }
}

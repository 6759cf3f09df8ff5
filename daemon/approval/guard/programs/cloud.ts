import type { Call } from '../call.ts'
import type { Examination, Knowledge } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { acts, all, look, reads, run, texts, unseen, write } from './options.ts'

const changesIt = 'It changes machines or services that others use.'
const change = acts('changes-infrastructure', changesIt)
const deploy = acts('acts-elsewhere', 'It deploys to a service, or changes what is there.')

const terraform: Knowledge = {
  effect: 'run',
  oneDash: true,
  options: { '-chdir': reads },
  subcommands: {
    ...all('init plan validate fmt get test providers workspace console modules', run()),
    ...all('version show output graph', look()),
    ...all('apply destroy import taint untaint refresh force-unlock', change),
    state: {
      effect: 'run',
      subcommands: { ...all('list show pull', look()), ...all('rm mv push replace-provider', change) },
    },
    workspace: {
      effect: 'run',
      subcommands: { ...all('list show', look()), ...all('new select', run()), delete: change },
    },
    ...all('login logout', deploy),
  },
}

const kubectl: Knowledge = {
  effect: 'run',
  options: texts(
    '-n --namespace --context --cluster --kubeconfig --user -s --server -l --selector -o --output -f --filename',
  ),
  subcommands: {
    ...all(
      'get describe logs top explain version api-resources api-versions cluster-info events diff kustomize auth wait',
      look(),
    ),
    ...all('config port-forward proxy completion plugin', run()),
    ...all('exec debug', {
      effect: 'run',
      options: { ...texts('-c --container -n --namespace'), '-i -t': {} },
      starts: { skip: 1, elsewhere: true, optional: true },
      act: act('changes-infrastructure', 'It runs something on a cluster.'),
    }),
    ...all(
      'apply create delete replace patch edit scale autoscale rollout set label annotate expose run cordon uncordon drain taint cp attach certificate',
      change,
    ),
    rollout: {
      effect: 'run',
      subcommands: { ...all('status history', look()), ...all('restart undo pause resume', change) },
    },
  },
}

const helm: Knowledge = {
  effect: 'run',
  options: { ...texts('-n --namespace --kube-context'), '--post-renderer': unseen },
  subcommands: {
    ...all('install upgrade uninstall delete del rollback', change),
    ...all('list ls status get history show search version env', look()),
    ...all(
      'template lint package dependency repo pull create plugin test',
      run(undefined, { '--post-renderer': unseen }),
    ),
    push: acts('publishes', 'It publishes a chart.'),
  },
}

/** Programs of cloud services: a verb that reads is known by its name, all others change something there. */
function byVerb(reading: RegExp, reason: Knowledge['act']): Knowledge {
  return {
    effect: 'run',
    examine: ({ operands, options }: Call, at: Examination) => {
      const words = operands.map(({ text }) => text)
      if (words.length === 0 && options.every(({ name }) => /^--?(v|h|V|version|help)$/.test(name))) return
      if (reason && words.some((word) => word === null || changing.test(word))) {
        at.reason(reason)
        return
      }
      const verb = words.find((word) => word !== null && reading.test(word))
      if (verb === undefined && reason) at.reason(reason)
    },
  }
}

/** Whatever else stands beside them. */
const changing =
  /^(rm|rb|mb|mv|cp|sync|deploy|apply|up|add|set|edit|reset|scale|resize|import|(delete|destroy|remove|create|update|put|modify|terminate|run|reboot|attach|detach|revoke|authorize|invoke|publish|promote|rollback|restore|disable|enable|purge|suspend|resume|cancel|execute|batch-delete|batch-write|deregister|register|release|replace|send|tag|untag|reset)(-[\w-]+)?|\w+:(add|destroy|create|remove|delete|set|promote|rollback))$/

const infrastructure = act('changes-infrastructure', changesIt)

const gh: Knowledge = {
  effect: 'run',
  options: texts('-R --repo'),
  subcommands: {
    ...all('status search browse version help completion extension alias config', run()),
    ...all('search status version help', look()),
    ...all(
      'pr mr',
      group(
        'list view diff status checks',
        'checkout',
        'create merge close reopen edit comment review ready lock unlock update-branch revert',
      ),
    ),
    ...all(
      'issue',
      group('list view status', 'develop', 'create close reopen edit comment delete transfer pin unpin lock unlock'),
    ),
    ...all('release', group('list view', 'download verify verify-asset', 'create delete edit upload delete-asset')),
    ...all(
      'repo',
      group(
        'list view',
        'clone set-default',
        'create delete archive unarchive edit fork rename sync deploy-key autolink',
      ),
    ),
    ...all('run workflow', group('list view watch', 'download', 'run rerun cancel delete enable disable')),
    ...all('gist', group('list view', 'clone', 'create delete edit rename')),
    ...all(
      'label cache ruleset project org',
      group('list view check', '', 'create delete edit clone close item-add item-edit item-delete field-create'),
    ),
    ...all('secret variable ssh-key gpg-key', group('list get', '', 'set delete remove add')),
    auth: group('status', 'setup-git', 'login logout refresh token switch'),
    codespace: group('list view', '', 'create delete stop ssh code cp edit rebuild ports jupyter logs'),
    api: {
      effect: 'run',
      options: {
        '-X --method': { value: 'text' },
        '-f --raw-field -F --field --input': {
          value: 'text',
          act: act('acts-elsewhere', 'It changes something at GitHub.'),
        },
        ...texts('-H --header -q --jq -t --template --cache --hostname -p --preview'),
      },
      examine: ({ given, operands }, at) => {
        const method = given('-X')
        if (method && !/^(get|head)$/i.test(method.text ?? ''))
          at.reason(act('acts-elsewhere', 'It changes something at GitHub.'))
        if (operands[0]?.text === 'graphql') at.reason(act('acts-elsewhere', 'It may change something at GitHub.'))
      },
    },
  },
}

function group(reading: string, local: string, changing: string): Knowledge {
  return {
    effect: 'run',
    subcommands: { ...all(reading, look()), ...(local && all(local, run())), ...all(changing, deploy) },
  }
}

/** Programs that change machines, clusters and services elsewhere. */
export const cloud: Record<string, Knowledge> = {
  ...all('terraform tofu terragrunt opentofu', {
    ...terraform,
    subcommands: { ...terraform.subcommands, 'run-all': change, run: change },
  }),
  pulumi: {
    effect: 'run',
    subcommands: {
      ...all('up update destroy refresh import cancel state watch', change),
      ...all('preview stack config whoami version about logs', run()),
      stack: {
        effect: 'run',
        subcommands: { ...all('rm import rename', change), ...all('ls output history graph', look()) },
      },
    },
  },
  cdk: {
    effect: 'run',
    subcommands: {
      ...all('deploy destroy bootstrap import rollback gc', change),
      ...all('synth diff ls list init doctor', run()),
    },
  },
  cdktf: {
    effect: 'run',
    subcommands: { ...all('deploy destroy apply', change), ...all('synth diff get list init', run()) },
  },
  ...all('kubectl oc k kubectl.exe', kubectl),
  kustomize: run(),
  ...all('helm helmfile', { ...helm, subcommands: { ...helm.subcommands, ...all('apply sync destroy', change) } }),
  ...all(
    'argocd flux istioctl linkerd velero',
    byVerb(/^(get|list|version|check|diff|logs|describe|export|tree|stats|--help)$/, infrastructure),
  ),
  aws: byVerb(
    /^(ls|help|configure|wait|tail|presign|(describe|get|list|head|lookup|search|batch-get|filter|test|validate|simulate|estimate|preview)(-[\w-]+)?)$/,
    infrastructure,
  ),
  ...all(
    'gcloud gsutil bq',
    byVerb(
      /^(list|describe|version|info|help|ls|cat|stat|du|get|show|read|print-access-token|get-iam-policy|get-value|tail|head|lookup)$/,
      infrastructure,
    ),
  ),
  az: byVerb(/^(list|show|version|help|find|get|exists|check|list-[\w-]+|show-[\w-]+|get-[\w-]+)$/, infrastructure),
  ...all(
    'doctl hcloud linode-cli ibmcloud oci vultr-cli scw exo openstack',
    byVerb(/^(list|get|show|describe|version|ls|help)$/, infrastructure),
  ),
  ...all('ansible ansible-playbook', {
    effect: 'run',
    options: {
      ...texts('-i --inventory -e --extra-vars -l --limit -t --tags -m -a -u'),
    },
    examine: ({ has }, at) => {
      if (!has('--list-hosts') && !has('--list-tasks') && !has('--version') && !has('--syntax-check'))
        at.reason(infrastructure)
    },
  }),
  ...all('ansible-lint ansible-inventory ansible-doc ansible-galaxy ansible-vault', run()),
  ...all('packer', {
    effect: 'run',
    subcommands: { build: change, ...all('init validate fmt inspect version', run()) },
  }),
  ...all(
    'salt salt-call puppet chef-client knife nomad consul vault etcdctl boundary',
    byVerb(/^(list|get|read|status|version|help|inspect|members|info|show|lookup)$/, infrastructure),
  ),
  ...all('serverless sls sam', {
    effect: 'run',
    subcommands: {
      ...all('deploy remove delete rollback', change),
      ...all('package print info build validate local invoke offline', run()),
    },
  }),
  ...all(
    'vercel netlify wrangler flyctl fly heroku railway render surge firebase now gh-pages amplify eb copilot cf supabase neonctl turso pscale convex',
    byVerb(
      /^(list|ls|dev|build|login|whoami|logs|log|status|help|version|inspect|init|types|serve|emulators:\w+|local|tail|info|ps)$/,
      act('acts-elsewhere', 'It deploys to a service, or changes what is there.'),
    ),
  ),
  gh,
  ...all('glab tea', { effect: 'run', options: texts('-R --repo'), subcommands: gh.subcommands ?? {} }),
  jira: byVerb(/^(list|view|me|help|ls)$/, act('acts-elsewhere', 'It changes something at a service.')),
  sops: write(),
}

import type { Call } from '../call.ts'
import { whySqlMatters } from '../code.ts'
import type { Examination, Knowledge, Options } from '../knowledge.ts'
import { act } from '../reasons.ts'
import { acts, all, reads, run, text, texts, writes } from './options.ts'

const query = text

/** A program that reads SQL from its words or from what comes in. */
function client(options: Options, given: readonly string[], skip: number | null = null): Knowledge {
  return {
    effect: 'run',
    options,
    examine: (call: Call, at: Examination) => {
      const values = call.options.filter(({ name }) => given.includes(name)).map(({ value }) => value)
      const statements = skip === null ? values : [...values, ...call.operands.slice(skip)]
      for (const statement of statements) sql(statement?.text ?? null, at)
      const { input } = at.command
      if (statements.length > 0) return
      if (input.type === 'text') sql(input.text, at)
      else if (input.type === 'file') at.reason(act('changes-database', 'It runs a file of statements on a database.'))
      else if (input.type === 'pipe' || input.type === 'unknown') sql(null, at)
    },
  }
}

function sql(statement: string | null, at: Examination): void {
  if (statement === null) {
    at.reason(act('changes-database', 'What it tells a database is only known when it runs.'))
    return
  }
  const why = whySqlMatters(statement)
  if (why) at.reason(why)
  // Clients have commands of their own that run programs.
  if (
    /(^|\n)\s*(\\!|\\o|\\copy|\\i\b|\\g\s*\||\.shell|\.system|\.output|\.once|\.import|\.read|system\s|source\s)/i.test(
      statement,
    )
  ) {
    at.reason(act('unseen-code', 'It tells a database’s client to run something or to write a file.'))
  }
}

const file = { value: 'read', act: act('changes-database', 'It runs a file of statements on a database.') } as const
const drops = acts('changes-database', 'It removes a database or what is in it.')

/** Clients of databases, and what moves their schemas. */
export const databases: Record<string, Knowledge> = {
  ...all(
    'psql pgcli',
    client(
      {
        '-c --command': query,
        '-f --file': file,
        '-o --output -L --log-file': writes,
        '-h --host': { value: 'host' },
        ...texts('-d --dbname -U --username -p --port -v --set --variable -P --pset -F -R -T'),
      },
      ['-c'],
    ),
  ),
  ...all(
    'mysql mariadb mycli',
    client(
      {
        '-e --execute': query,
        '-h --host': { value: 'host' },
        '-u --user': text,
        '-p --password': { value: 'text', attached: true },
        '-P --port -D --database -S --socket --init-command --default-character-set': text,
        '--tee': writes,
        '--pager': { value: 'unseen' },
      },
      ['-e'],
    ),
  ),
  ...all(
    'sqlite3 sqlite litecli duckdb',
    client(
      {
        '-cmd -c': query,
        '-init': reads,
        '-separator -newline -nullvalue -mmap': text,
      },
      ['-cmd'],
      1,
    ),
  ),
  sqlcmd: client({ '-Q -q': query, '-i': file, '-o': writes, ...texts('-S -U -P -d') }, ['-Q']),
  ...all('mongosh mongo', client({ '--eval': query, ...texts('--host --port -u -p'), '-f --file': file }, ['--eval'])),
  'clickhouse-client': client({ '-q --query': query, ...texts('-h --host -u --user --password -d') }, ['-q']),
  ...all('cqlsh', client({ '-e --execute': query, '-f --file': file }, ['-e'])),
  ...all('redis-cli valkey-cli keydb-cli', {
    effect: 'run',
    options: { '-h': { value: 'host' }, ...texts('-p -a -n -u -r -i --user --pass'), '--eval': reads },
    examine: ({ operands }, at) => {
      const words = operands.map(({ text: word }) => word)
      const verb = words[0]
      if (verb === null || words.some((word) => word === null)) return at.effect('run')
      if (
        verb !== undefined &&
        !/^(get|mget|keys|scan|ttl|type|exists|info|ping|dbsize|llen|lrange|hget|hgetall|hkeys|smembers|scard|zrange|zcard|strlen|memory|slowlog|client|time|lastsave|monitor|xlen|xrange|object|set|setex|lpush|rpush|hset|sadd|zadd|incr|decr|expire|publish|select|auth|echo)$/i.test(
          verb,
        )
      ) {
        at.reason(act('changes-database', `It changes a database: ${verb}.`))
      }
      if (at.command.input.type === 'pipe')
        at.reason(act('changes-database', 'What it tells a database is only known when it runs.'))
    },
  }),
  ...all('dropdb dropuser mysqladmin pg_restore mongorestore mysqlimport pg_resetwal', drops),
  ...all('createdb createuser pg_ctl initdb pg_isready mongod mysqld redis-server postgres', run()),
  ...all('pg_dump pg_dumpall mysqldump mongodump', run(undefined, { '-f --file': writes, ...texts('-h -U -d -t -p') })),
  ...all('flyway liquibase dbmate goose migrate sqitch atlas knex sequelize sequelize-cli typeorm diesel sqlx', {
    effect: 'run',
    examine: ({ operands }, at) => {
      if (
        operands.some(({ text: word }) =>
          /^(clean|drop|drop-all|dropAll|down|reset|rollback|revert|undo|db:drop|schema:drop|db:migrate:undo(:all)?|migrate:rollback|migration:revert)$/.test(
            word ?? 'drop',
          ),
        )
      ) {
        at.reason(act('changes-database', 'It takes a database’s tables away or back.'))
      }
    },
  }),
}

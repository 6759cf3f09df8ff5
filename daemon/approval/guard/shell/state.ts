/** What the shell knows at one point of a line. Never changed: what follows gets another one. */
export interface State {
  /** The folders that it may be in; null where they cannot be told. */
  readonly folders: readonly string[] | null
  /** Variables that the line itself set: what each may hold; `number` for any whole number, null where it cannot be told. */
  readonly variables: ReadonlyMap<string, Values>
}

type Values = readonly string[] | 'number' | null

/** How it goes on after something: where that went well, and where it failed. Absent where it does not come back. */
export interface Flow {
  readonly ok: State | undefined
  readonly failed: State | undefined
}

export const goesOn = (state: State | undefined): Flow => ({ ok: state, failed: state })
export const either = ({ ok, failed }: Flow) => merged(ok, failed)

/** What is known where either may hold; one of them, where the other does not come back. */
export function merged(one: State | undefined, other: State | undefined): State | undefined {
  if (!one || !other || one === other) return one ?? other
  const folders = one.folders && other.folders && unique([...one.folders, ...other.folders])
  const names = new Set([...one.variables.keys(), ...other.variables.keys()])
  const variables = new Map(
    [...names].map((name) => [name, eitherValue(one.variables.get(name), other.variables.get(name))]),
  )
  return { folders: folders && folders.length <= maxAlternatives ? folders : null, variables }
}

const maxAlternatives = 8

function eitherValue(one: Values | undefined, other: Values | undefined): Values {
  if (one === undefined || other === undefined || one === null || other === null) return null
  if (one === 'number' || other === 'number') return isNumeric(one) && isNumeric(other) ? 'number' : null
  const values = unique([...one, ...other])
  return values.length <= maxAlternatives ? values : null
}

export function isNumeric(values: Values | undefined): boolean {
  return values === 'number' || (!!values && values.every((value) => /^-?\d+$/.test(value)))
}

export function withVariable(state: State, name: string, values: Values): State {
  return { ...state, variables: new Map(state.variables).set(name, values) }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}

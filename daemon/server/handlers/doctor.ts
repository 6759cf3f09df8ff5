import type { Diagnosis } from '#protocol/doctor.ts'
import type { Handlers } from './handler.ts'

/** Examinations that are asked for while one is under way are that one. */
export function doctorHandlers(examine: () => Promise<Diagnosis>): Handlers<'daemon/doctor'> {
  let underWay: Promise<Diagnosis> | undefined
  return {
    'daemon/doctor': () => {
      underWay ??= examine().finally(() => {
        underWay = undefined
      })
      return underWay
    },
  }
}

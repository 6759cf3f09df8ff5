/** Something that was named could not be read or written, or is not what it must be; the message says what and why. */
export class InputTrouble extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'InputTrouble'
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it may not be read or written',
  EPERM: 'it may not be read or written',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EEXIST: 'it is there already',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  ENAMETOOLONG: 'its name is too long',
}

/** Why the system refused, in words; undefined for what is no refusal of the system's. */
export function refusalOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  return code === undefined || code.startsWith('ERR_') ? undefined : (reasons[code] ?? `the system says ${code}`)
}

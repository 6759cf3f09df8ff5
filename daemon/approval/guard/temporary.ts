/** Whether it lies in the system's folders for what nobody keeps; they are private to the sandbox. */
export function isTemporary(path: string): boolean {
  return ['/tmp/', '/var/tmp/', '/dev/shm/'].some((folder) => path.startsWith(folder))
}

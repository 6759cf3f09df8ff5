/**
 * What a kind of sandbox keeps for a workspace beside its home directory, such as installed system packages. It all
 * belongs to the private folder `store` (`OpenParams.store`), whether it lies in it or is only named by it. Nothing of
 * that workspace and kind is open or opens while one of these is at work. They reject with `sandboxUnavailable`.
 */
export interface Environment {
  /** Bytes on disk. */
  usage(store: string): Promise<number>
  /** Copies it; what is to be found later goes into `to`, an empty folder. Broken off, it leaves what `forget(to)` removes. */
  snapshot(store: string, to: string): Promise<void>
  /** Puts the copy, of this or of another workspace's store, in the place of what is there: whole, or not at all. */
  restore(store: string, from: string): Promise<void>
  /** Removes what a snapshot keeps outside its folder; the folder itself is removed afterwards. */
  forget(from: string): Promise<void>
  /** Nothing goes on from memory that was saved (`Sandbox.saveMemory`); for kinds that save any. */
  forgetMemory?(store: string): Promise<void>
  /** Removes all of it but the snapshots. Succeeds where there is nothing. */
  dispose(store: string): Promise<void>
}

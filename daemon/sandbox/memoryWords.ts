/** Why a sandbox ended whose kernel is one process of the machine's: that is ended as a whole. */
export const ranOutWords = 'what ran in it took more memory than the workspace’s limit (memoryMiB) allows'

/** How many chunks a thread may have given away that the import is not done with: one to work on and one to go on with. */
export const MOST_CHUNKS_AHEAD = 2;

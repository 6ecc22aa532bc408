/**
 * The two users of one secret who take turns, named as AWS's rotation function names them: it makes `etl_reader_clone`
 * from `etl_reader`.
 */
const SUFFIX = '_clone';

/** Whose turn it is after this user's. */
export function otherUser(username: string): string {
  return username.endsWith(SUFFIX) ? username.slice(0, -SUFFIX.length) : `${username}${SUFFIX}`;
}

/** What a person is sent: the page where they join, with their token. */
export function invitationLink(token: string): string {
  return `${window.location.origin}/invitation?token=${encodeURIComponent(token)}`;
}

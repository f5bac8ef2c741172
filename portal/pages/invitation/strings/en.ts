export const strings = {
  invited: "You are invited",
  paste: "Join by an invitation",
  signedInAs: (name: string) => `You are signed in as ${name}.`,
  link: "Link of the invitation",
  linkHint: "Paste what you were sent.",
  join: "Join",
  joining: "Joining…",
  other: "Sign in as someone else",
  welcome: "Welcome: you belong here now.",
};

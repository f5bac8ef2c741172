export const strings = {
  intro: "These pages use nothing but the public graph: what you see here, your programs can ask for.",
  endpoint: "The graph",
  files: "Settlement files",
  health: "How the server is doing",
  explore: "Explore",
  graphiqlAs: (user: string) => `GraphiQL as ${user}`,
  token: "A token for a script",
  sample: "A query to start with",
};

/** The matcher's own version. Raised with every change after which the same input and rules may be decided otherwise. */
export const ENGINE_VERSION = "8";

/** A kind of line or a type of transaction as sentences name it: "chargeback reversal". */
export const inWords = (code: string) => `replace(lower(${code}), '_', ' ')`;

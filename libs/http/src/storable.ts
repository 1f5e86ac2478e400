/** Half of a character pair has no UTF-8 form, and Postgres stores no NUL: neither would come back as it was sent. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

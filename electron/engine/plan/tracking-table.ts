/**
 * The list of applied migrations in the target. It belongs to the application: clean-up leaves it, only the way back removes
 * it, so it is none of the control tables. Its format is documented in docs/formats.md.
 */
export const trackingTable = 'overland_migrations';

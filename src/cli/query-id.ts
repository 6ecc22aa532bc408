import * as Args from '@oclif/core/args';

/** The id of a query, as dp query prints it. */
export const queryIdArgument = Args.string({
  description: 'Id of the query: dp query history.',
  required: true,
});

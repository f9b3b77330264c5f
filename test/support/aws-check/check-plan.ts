import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { FunctionId } from '../../../deploy/aws-check/cloud.ts';

/** The folder of the check. */
export const CHECK_FOLDER = fileURLToPath(new URL('../../../deploy/aws-check/', import.meta.url));

const PlannedFunctionSchema = v.object({
  runtime: v.picklist(['nodejs22.x', 'python3.13']),
  config: v.picklist(['items', 'values', 'ports', 'fleet']),
  snapStart: v.optional(v.boolean(), false),
  environment: v.record(v.string(), v.string()),
});

export type PlannedFunction = v.InferOutput<typeof PlannedFunctionSchema>;

const PlanSchema = v.object({
  tables: v.array(v.string()),
  configs: v.record(v.string(), v.array(v.string())),
  functions: v.record(v.string(), PlannedFunctionSchema),
});

type Plan = v.InferOutput<typeof PlanSchema>;

/** What the stack has, as `plan.json` says. */
export const readPlan = (): Plan =>
  v.parse(PlanSchema, JSON.parse(readFileSync(`${CHECK_FOLDER}plan.json`, 'utf8')));

/** @throws {Error} if the plan has no such function */
export const plannedFunction = ({ functions }: Plan, id: FunctionId): PlannedFunction => {
  const planned = functions[id];
  if (planned === undefined) throw new Error(`plan.json has no function ${id}`);
  return planned;
};

/** The `cache.yaml` of functions; undefined for those that have none. */
export const readConfig = (name: PlannedFunction['config']): string | undefined =>
  name === 'ports' ? undefined : readFileSync(`${CHECK_FOLDER}config/${name}.yaml`, 'utf8');

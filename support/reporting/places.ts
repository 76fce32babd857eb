/** Where each scenario of a feature file stands: its rule, its line, its row of examples. */
import type { Examples, GherkinDocument, Scenario, Step } from '@cucumber/messages';

export interface Example {
  /** From 1, over all examples tables of the outline. */
  readonly row: number;
  /** `client: cli, channel: cli` */
  readonly values: string;
}

export interface Place {
  readonly rule: string | undefined;
  readonly line: number;
  readonly example: Example | undefined;
}

export interface Places {
  /** By the AST id of the scenario, or of the row of examples. */
  readonly scenarios: ReadonlyMap<string, Place>;
  /** `Given`, by the AST id of the step. */
  readonly keywords: ReadonlyMap<string, string>;
}

const rowsOf = (examples: readonly Examples[]) =>
  examples.flatMap(({ tableHeader, tableBody }) =>
    tableBody.map(({ id, location, cells }) => {
      const names = tableHeader?.cells.map((cell) => cell.value) ?? [];
      return { id, line: location.line, values: cells.map((cell, index) => `${names[index]}: ${cell.value}`).join(', ') };
    }),
  );

export function placesOf({ feature }: GherkinDocument): Places {
  const scenarios = new Map<string, Place>();
  const keywords = new Map<string, string>();
  const takeSteps = (steps: readonly Step[] = []) => steps.forEach(({ id, keyword }) => keywords.set(id, keyword.trim()));
  const takeScenario = ({ id, location, examples, steps }: Scenario, rule: string | undefined) => {
    takeSteps(steps);
    scenarios.set(id, { rule, line: location.line, example: undefined });
    rowsOf(examples).forEach(({ id: rowId, line, values }, index) => scenarios.set(rowId, { rule, line, example: { row: index + 1, values } }));
  };
  for (const { background, scenario, rule } of feature?.children ?? []) {
    takeSteps(background?.steps);
    if (scenario) takeScenario(scenario, undefined);
    for (const inner of rule?.children ?? []) {
      takeSteps(inner.background?.steps);
      if (inner.scenario) takeScenario(inner.scenario, rule!.name);
    }
  }
  return { scenarios, keywords };
}

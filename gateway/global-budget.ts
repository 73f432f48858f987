// The whole gateway's budget when the configuration file sets one: it holds while the file says so, and goes when the file stops.
// Promises: what the ledger enforces is what the file says. Leaves alone: a budget set through the API.

import type { Budget } from './contract/scope.ts'
import type { AdminStore, StoreSnapshot } from './contract/store.ts'

const settingName = 'global_budget_from_file'

/** Gives the budget that holds now. */
export async function keepGlobalBudget(fromFile: Budget | null, ledger: { readonly snapshot: StoreSnapshot; readonly store: AdminStore }): Promise<Budget> {
  const wasFromFile = ledger.snapshot.settings[settingName] === true
  if (fromFile === null && !wasFromFile) return ledger.snapshot.globalBudget
  const budget = fromFile ?? { limitNanoUsd: null, duration: null }
  await ledger.store.setGlobalBudget(budget)
  await ledger.store.saveSetting(settingName, fromFile !== null)
  return budget
}

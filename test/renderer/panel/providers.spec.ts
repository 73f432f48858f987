// Providers: adding models with each kind of credential, testing, deleting.
// Promises: what is sent is looked at; a secret is sent once and leaves the page.

import { expect, expectAccessible, expectFitting, test } from './panel-page.ts'

test('a cloud provider is added with a new credential, and its secret leaves the page', async ({ page, gateway, open }) => {
  await open('providers/new')
  await page.getByRole('button', { name: 'Groq' }).click()
  await page.getByLabel('A new one, saved in Secret Service').check()
  await page.getByLabel('Key from the provider').fill('gsk_secret')
  await page.getByRole('button', { name: 'List its models' }).click()
  await page.getByLabel('gpt-4o-mini', { exact: true }).check()
  await page.getByLabel('Name for callers of gpt-4o-mini').fill('small')
  await expectFitting(page)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Add 1 model' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Providers' })).toBeVisible()
  expect(gateway.writes).toEqual([
    { method: 'POST', path: '/panel/probe', body: { provider: 'groq', api_key: 'gsk_secret' } },
    {
      method: 'POST',
      path: '/credentials',
      body: { credential_name: 'groq', credential_values: { api_key: 'gsk_secret' }, credential_info: { custom_llm_provider: 'groq' } },
    },
    {
      method: 'POST',
      path: '/model/new',
      body: { model_name: 'small', litellm_params: { model: 'groq/gpt-4o-mini', litellm_credential_name: 'groq' }, model_info: {} },
    },
  ])
  expect(await page.content()).not.toContain('gsk_secret')
})

test('a provider with several secrets is added: each has its field, all go into one credential, and none stays in the page', async ({
  page,
  gateway,
  open,
}) => {
  await open('providers/new')
  await page.getByRole('searchbox', { name: 'Search providers' }).fill('Vertex')
  await page.getByRole('button', { name: 'Google Vertex AI' }).click()
  await expect(page.getByLabel('None needed')).toHaveCount(0)
  await page.getByLabel('Project').fill('my-project')
  await page.getByLabel('Location').fill('global')
  await page.getByLabel('A new one, saved in Secret Service').check()
  await page.getByLabel('Service account key').fill('{"type":"service_account"}')
  await expectFitting(page)
  await expectAccessible(page)
  await page.getByLabel('From an environment variable of the gateway').check()
  await expect(page.getByRole('button', { name: 'It holds the' }).or(page.getByLabel('It holds the')).first()).toContainText('Service account key')
  await page.getByLabel('A new one, saved in Secret Service').check()
  await page.getByLabel('Name of a model that is not listed').fill('claude-sonnet-4-5@20250929')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('button', { name: 'Add 1 model' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Providers' })).toBeVisible()
  const place = { vertex_project: 'my-project', vertex_location: 'global' }
  expect(gateway.writes).toMatchObject([
    {
      path: '/credentials',
      body: {
        credential_name: 'vertex_ai',
        credential_values: { vertex_credentials: '{"type":"service_account"}' },
        credential_info: { custom_llm_provider: 'vertex_ai' },
      },
    },
    { path: '/model/new', body: { litellm_params: { model: 'vertex_ai/claude-sonnet-4-5@20250929', ...place, litellm_credential_name: 'vertex_ai' } } },
  ])
  expect(await page.content()).not.toContain('service_account')
})

test('a local engine that was found needs no typing', async ({ page, gateway, open }) => {
  await open('providers/new')
  await page.getByRole('button', { name: 'Use Ollama at http://127.0.0.1:11434' }).click()
  await page.getByLabel('llama3.2:3b', { exact: true }).check()
  await page.getByRole('button', { name: 'Add 1 model' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Providers' })).toBeVisible()
  expect(gateway.writes).toEqual([
    { method: 'POST', path: '/model/new', body: { model_name: 'llama3.2:3b', litellm_params: { model: 'ollama/llama3.2:3b' }, model_info: {} } },
  ])
})

test('providers come in groups, local engines first, and a search narrows them to one that Enter takes', async ({ page, gateway, open }) => {
  await open('providers/new')
  const groups = page.getByRole('region', { name: 'Every provider' }).getByRole('heading', { level: 3 })
  await expect(groups).toHaveText(['Local engines', 'Common providers', 'Other providers'])
  const others = page.getByRole('list', { name: 'Other providers' }).getByRole('button')
  const titles = await others.allInnerTexts()
  expect(titles.length).toBeGreaterThan(2)
  expect(titles).toEqual(
    titles.toSorted(
      (a, b) =>
        a
          .split('\n')
          .at(-1)
          ?.localeCompare(b.split('\n').at(-1) ?? '', 'en') ?? 0,
    ),
  )
  const search = page.getByRole('searchbox', { name: 'Search providers' })
  await search.fill('api.groq')
  await expect(groups).toHaveText(['Other providers'])
  await expect(page.getByRole('region', { name: 'Every provider' }).getByRole('status')).toHaveText(/^1 of \d+ providers$/)
  await expectFitting(page)
  await expectAccessible(page)
  await search.fill('nobody by this name')
  await search.press('Enter')
  await page.getByRole('button', { name: 'Clear the search' }).click()
  await search.fill('groq')
  await search.press('Enter')
  await expect(page.getByRole('heading', { name: 'Groq' })).toBeVisible()
  await expect(page.getByText('Verified')).toHaveCount(0)
  await page.getByRole('button', { name: 'Choose another provider' }).click()
  await page.getByRole('button', { name: 'OpenAI', exact: true }).click()
  await expect(page.getByText('Verified: its requests are tested against it.')).toBeVisible()
  expect(gateway.writes).toEqual([])
})

test('prices stay open while they are put right', async ({ page, open }) => {
  await open('providers/new')
  await page.getByRole('button', { name: 'Groq' }).click()
  await page.getByText('Prices of your own').click()
  await page.getByLabel('Input, $ per million tokens').fill('0.15')
  await page.getByRole('button', { name: 'Add models' }).click()
  await expect(page.getByText('Give both prices, or neither.')).toBeVisible()
  const output = page.getByLabel('Output, $ per million tokens')
  await output.click()
  await page.keyboard.type('0.60', { delay: 30 })
  await expect(output).toBeVisible()
  await expect(output).toBeFocused()
  await expect(output).toHaveValue('0.60')
})

test('another address stays open when it is emptied to be written anew', async ({ page, open }) => {
  await open('providers/new')
  await page.getByRole('button', { name: 'Groq' }).click()
  await page.getByText('Another address').click()
  const address = page.getByLabel('Base URL')
  await address.click()
  await page.keyboard.type('x', { delay: 30 })
  await page.keyboard.press('Backspace')
  await page.keyboard.type('https://a.example', { delay: 30 })
  await expect(address).toBeFocused()
  await expect(address).toHaveValue('https://a.example')
})

test('a port that is something else is named and not offered', async ({ page, open }) => {
  await open('providers/new')
  await expect(page.getByText('answers, but is something else')).toBeVisible()
  await expect(page.getByRole('button', { name: /Port 8080/ })).toHaveCount(0)
})

test('a server of one’s own needs an address, and models can be added by name with prices left out', async ({ page, gateway, open }) => {
  await open('providers/new')
  await page.getByRole('button', { name: 'OpenAI-compatible' }).click()
  await page.getByRole('button', { name: 'List its models' }).click()
  await expect(page.getByText('This provider needs an address.')).toBeVisible()
  expect(gateway.writes).toEqual([])
  await page.getByLabel('Base URL').fill('http://127.0.0.1:9000/v1/')
  await page.getByLabel('Name of a model that is not listed').fill('my-model')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Add 1 model' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Providers' })).toBeVisible()
  expect(gateway.writes).toEqual([
    {
      method: 'POST',
      path: '/model/new',
      body: { model_name: 'my-model', litellm_params: { model: 'openai_compatible/my-model', api_base: 'http://127.0.0.1:9000/v1' }, model_info: {} },
    },
  ])
})

test('a provider that refuses the key says so and lets models be added by name', async ({ page, open }) => {
  await open('providers/new')
  await page.getByRole('button', { name: 'Groq' }).click()
  await page.getByLabel('A new one, saved in Secret Service').check()
  await page.getByLabel('Key from the provider').fill('bad')
  await page.getByRole('button', { name: 'List its models' }).click()
  await expect(page.getByRole('alert')).toContainText('The provider did not accept this key.')
  await expectAccessible(page)
})

test.describe('where secrets cannot be saved', () => {
  test.use({ scene: 'no-vault' })
  test('it says why and offers the environment', async ({ page, gateway, open }) => {
    await open('providers/new')
    await page.getByRole('button', { name: 'Mistral' }).click()
    await expect(page.getByLabel('A new one, saved in a keychain')).toBeDisabled()
    await expect(page.getByText('This computer has no keychain that answers.')).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Variable' })).toHaveValue('MISTRAL_API_KEY')
    await page.getByRole('button', { name: 'List its models' }).click()
    await expect(page.getByText('3 models listed')).toBeVisible()
    expect(gateway.writes[0]?.body).toEqual({ provider: 'mistral', api_key: 'os.environ/MISTRAL_API_KEY' })
    await expectAccessible(page)
  })
})

test('a saved key shows its age, at the credential and at the models that use it', async ({ page, open }) => {
  await open('providers')
  await expect(page.getByRole('row', { name: /^gpt-4o-mini/ })).toContainText('openai, key saved 12 days ago')
  await expect(page.getByRole('region', { name: 'Provider credentials' }).getByRole('row', { name: /^openai/ })).toContainText('12 days ago')
})

test.describe('a locked vault', () => {
  test.use({ scene: 'locked', expectedErrors: /status of 400/ })
  test('is unlocked with its passphrase, which leaves the page at once', async ({ page, gateway, open }) => {
    await open('providers')
    const vault = page.getByRole('region', { name: 'Vault' })
    await expect(vault).toContainText('is locked, so the keys in it cannot be used.')
    await expectAccessible(page)
    await vault.getByLabel('Passphrase').fill('the wrong one')
    await vault.getByRole('button', { name: 'Unlock' }).click()
    await expect(vault.getByText('This is not the passphrase of the vault.')).toBeVisible()
    await expect(vault.getByLabel('Passphrase')).toHaveValue('')
    await vault.getByLabel('Passphrase').fill('the right one')
    await vault.getByLabel('Passphrase').press('Enter')
    await expect(page.getByText('Provider keys are kept in vault.json.')).toBeVisible()
    await expect(vault).toBeHidden()
    expect(gateway.writes.map(({ path, body }) => [path, body])).toEqual([
      ['/vault/unlock', { passphrase: 'the wrong one' }],
      ['/vault/unlock', { passphrase: 'the right one' }],
    ])
  })
})

test.describe('a computer without a keychain', () => {
  test.use({ scene: 'no-vault' })
  test('gets a passphrase, typed twice', async ({ page, gateway, open }) => {
    await open('providers')
    const vault = page.getByRole('region', { name: 'Vault' })
    await vault.getByLabel('Passphrase').fill('a long passphrase')
    await vault.getByLabel('The same once more').fill('another passphrase')
    await vault.getByRole('button', { name: 'Set passphrase' }).click()
    await expect(vault.getByText('The two are not the same.')).toBeVisible()
    expect(gateway.writes).toEqual([])
    await vault.getByLabel('The same once more').fill('a long passphrase')
    await vault.getByRole('button', { name: 'Set passphrase' }).click()
    await expect(page.getByText('Provider keys are kept in vault.json.')).toBeVisible()
    expect(gateway.writes).toMatchObject([{ path: '/vault/passphrase', body: { passphrase: 'a long passphrase' } }])
  })
})

test('a test says in words what came of it and leads to its request', async ({ page, open }) => {
  await open('providers')
  await page.getByRole('button', { name: 'Test gpt-4o at OpenAI', exact: true }).click()
  await expect(page.getByText('It answered in 413 ms.')).toBeVisible()
  await page.getByRole('button', { name: 'Test qwen2.5-coder:32b-instruct-q4_K_M at vLLM' }).click()
  await expect(page.getByText('connect ECONNREFUSED 127.0.0.1:8000')).toBeVisible()
  await expectFitting(page)
  await expectAccessible(page)
  await page.getByRole('link', { name: 'See the request' }).first().click()
  await expect(page.getByRole('region', { name: 'Request' })).toBeVisible()
})

test('what the configuration file brought shows its origin and cannot be deleted', async ({ page, open }) => {
  await open('providers')
  const row = page.getByRole('row', { name: /claude-sonnet/ })
  await expect(row.getByText('config.yaml')).toBeVisible()
  await expect(row.getByRole('button', { name: /Delete/ })).toHaveCount(0)
})

test('deleting a deployment says what it served and removes it', async ({ page, gateway, open }) => {
  await open('providers')
  await page.getByRole('button', { name: 'Delete gpt-4o at OpenAI', exact: true }).click()
  await expect(page.getByRole('alertdialog')).toContainText('in the last 24 hours')
  await page.getByRole('button', { name: 'Delete deployment' }).click()
  await expect(page.getByRole('button', { name: 'Test gpt-4o at OpenAI', exact: true })).toHaveCount(0)
  expect(gateway.writes).toEqual([{ method: 'POST', path: '/model/delete', body: { id: 'dep_openai_0' } }])
})

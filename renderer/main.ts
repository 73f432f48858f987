// Starts the panel: styles in layer order, theme before the first paint, then the application.
// Leaves alone: routing and data (App.svelte and below).

import './styles/index.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { desktop } from './lib/desktop.ts'
import { theme } from './state/theme.svelte.ts'

theme.apply()
// Room for the window's own buttons, where the system draws them over the page.
void desktop?.facts().then(({ platform }) => (document.documentElement.dataset['shell'] = platform))
const target = document.getElementById('app')
if (target !== null) mount(App, { target })

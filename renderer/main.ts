// Starts the panel: styles in layer order, theme before the first paint, then the application.
// Leaves alone: routing and data (App.svelte and below).

import './styles/index.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { theme } from './state/theme.svelte.ts'

theme.apply()
const target = document.getElementById('app')
if (target !== null) mount(App, { target })

// The parts of Chart.js the panel draws with, registered once. Loaded only when a chart is on the page.
// Leaves alone: data and colours.

import { BarController, BarElement, CategoryScale, Chart, LineController, LineElement, LinearScale, PointElement } from 'chart.js'

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement)
export { Chart }

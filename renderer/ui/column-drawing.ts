// How stacked columns are put on a canvas with Chart.js: options, colours, hatching of the column that still runs.
// Promises: no animation, no parsing, no invented points; colours are read from the page's tokens when drawing.
// Leaves alone: what is drawn (lib/chart), reading out (ColumnChart).

import type { Chart as ChartClass, ChartConfiguration, ChartDataset, ChartEvent, Chart as ChartInstance } from 'chart.js'

export interface ChartSeries {
  readonly label: string
  readonly slot: number
  readonly heights: readonly number[]
  readonly texts: readonly string[]
}
export interface ColumnChartData {
  readonly series: readonly ChartSeries[]
  readonly totals: readonly string[]
  readonly before: readonly number[] | null
  readonly running: number
  /** One per column: short for the axis, long for reading out. */
  readonly ticks: readonly string[]
  readonly names: readonly string[]
  readonly summary: string
}

export interface DrawnChart {
  destroy(): void
}
export interface Drawing {
  readonly data: ColumnChartData
  readonly formatHeight: (height: number) => string
  readonly point: (column: number | null) => void
  readonly pick: (seriesIndex: number) => void
}

export function drawColumns(Chart: typeof ChartClass, canvas: HTMLCanvasElement, drawing: Drawing): DrawnChart {
  const chart = new Chart(canvas, toConfiguration(canvas, drawing))
  const leave = (): void => drawing.point(null)
  canvas.addEventListener('pointerleave', leave)
  return {
    destroy: () => {
      canvas.removeEventListener('pointerleave', leave)
      chart.destroy()
    },
  }
}

type Point = { x: number; y: number }
function toConfiguration(canvas: HTMLCanvasElement, { data, formatHeight, point, pick }: Drawing): ChartConfiguration<'bar' | 'line', Point[]> {
  const colour = createColourReader(canvas)
  const surface = colour('--surface')
  const bars = data.series.map((series): ChartDataset<'bar', Point[]> => {
    const fill = colour(series.slot === 0 ? '--chart-other' : `--chart-${String(series.slot)}`)
    return {
      type: 'bar',
      label: series.label,
      data: series.heights.map((height, index) => ({ x: index, y: height })),
      backgroundColor: series.heights.map((_, index) => (index === data.running ? (hatch(fill, surface) ?? fill) : fill)),
      borderColor: surface,
      borderWidth: { top: 1, bottom: 0, left: 0, right: 0 },
      borderSkipped: false,
      maxBarThickness: 48,
      categoryPercentage: 0.86,
      barPercentage: 1,
      stack: 'now',
      order: 1,
    }
  })
  const before: ChartDataset<'line', Point[]>[] = data.before === null ? [] : [toLine(data.before, colour('--text-3'))]
  const columnAt = (event: ChartEvent, chart: ChartInstance): number => Math.round(chart.scales['x']?.getValueForPixel(event.x ?? 0) ?? -1)
  return {
    type: 'bar',
    data: { datasets: [...bars, ...before] },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      devicePixelRatio: Math.min(2, window.devicePixelRatio),
      interaction: { mode: 'nearest', intersect: true },
      onHover: (event, _, chart) => {
        const column = columnAt(event, chart)
        point(column >= 0 && column < data.ticks.length ? column : null)
      },
      onClick: (_, elements) => {
        const picked = elements[0]
        if (picked !== undefined && picked.datasetIndex < data.series.length) pick(picked.datasetIndex)
      },
      scales: scales(data, formatHeight, { text: colour('--text-3'), grid: colour('--border'), family: getComputedStyle(canvas).fontFamily }),
    },
  }
}

interface Ink {
  readonly text: string
  readonly grid: string
  readonly family: string
}
function scales(
  data: ColumnChartData,
  formatHeight: (height: number) => string,
  ink: Ink,
): NonNullable<NonNullable<ChartConfiguration<'bar' | 'line', Point[]>['options']>['scales']> {
  const font = { family: ink.family, size: 11 }
  return {
    x: {
      type: 'linear',
      min: -0.5,
      max: data.ticks.length - 0.5,
      offset: false,
      stacked: true,
      grid: { display: false },
      border: { color: ink.grid },
      ticks: {
        color: ink.text,
        font,
        stepSize: 1,
        maxRotation: 0,
        autoSkipPadding: 16,
        callback: (value) => (Number.isInteger(Number(value)) ? (data.ticks[Number(value)] ?? '') : ''),
      },
      afterBuildTicks: (axis) => {
        axis.ticks = data.ticks.map((_, index) => ({ value: index }))
      },
    },
    y: {
      type: 'linear',
      beginAtZero: true,
      stacked: true,
      grid: { color: ink.grid },
      border: { display: false },
      ticks: { color: ink.text, font, maxTicksLimit: 6, callback: (value) => formatHeight(Number(value)) },
    },
  }
}

function toLine(heights: readonly number[], stroke: string): ChartDataset<'line', Point[]> {
  return {
    type: 'line',
    label: 'Period before',
    data: heights.map((height, index) => ({ x: index, y: height })),
    borderColor: stroke,
    borderWidth: 1.5,
    borderDash: [4, 3],
    stepped: 'middle',
    pointRadius: 0,
    pointHitRadius: 0,
    fill: false,
    stack: 'before',
    order: 0,
  }
}

// Custom properties hold light-dark(…) unresolved; only a real element turns them into one colour.
function createColourReader(canvas: HTMLCanvasElement): (token: string) => string {
  const probe = document.createElement('span')
  probe.hidden = true
  canvas.parentElement?.append(probe)
  const read = (token: string): string => {
    probe.style.color = `var(${token})`
    return getComputedStyle(probe).color
  }
  queueMicrotask(() => probe.remove())
  return read
}

function hatch(fill: string, surface: string): CanvasPattern | null {
  const tile = document.createElement('canvas')
  tile.width = 6
  tile.height = 6
  const context = tile.getContext('2d')
  if (context === null) return null
  context.fillStyle = surface
  context.fillRect(0, 0, 6, 6)
  context.strokeStyle = fill
  context.lineWidth = 2.5
  for (const shift of [-6, 0, 6]) {
    context.beginPath()
    context.moveTo(shift, 6)
    context.lineTo(shift + 6, 0)
    context.stroke()
  }
  return context.createPattern(tile, 'repeat')
}

import { render } from 'preact'
import './main.css'
import { App } from './app.tsx'
import { editorHost } from './host.ts'
import { connectPage, emptyPage } from './page.ts'
import { createStore } from './store.ts'

const host = editorHost()
const store = createStore(emptyPage)
const actions = connectPage(host, store)

const root = document.getElementById('root') ?? document.body.appendChild(document.createElement('div'))
root.id = 'root'
render(<App store={store} actions={actions} memory={host.memory} />, root)

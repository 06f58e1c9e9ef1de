import { render } from 'preact'
import { startAccount } from './app/account'
import { App } from './app/App'
import { startRouter } from './app/router'
import { startTheme } from './ui'
import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/controls.css'
import './styles/parts.css'
import './styles/views.css'

startTheme()
startRouter()
startAccount()
render(<App />, document.getElementById('app')!)

import { render } from 'preact'

render(<p>NeuroLab 360</p>, document.getElementById('app')!)

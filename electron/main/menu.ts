import { app, Menu, type MenuItemConstructorOptions } from 'electron';

/** The menu. Hidden outside macOS, where it still gives the usual keys for clipboard, zoom and full screen. */
export function setMenu(actions: { readonly quit: () => void; readonly showLogs: () => void }): void {
  const template: MenuItemConstructorOptions[] = [
    {
      role: process.platform === 'darwin' ? 'appMenu' : 'fileMenu',
      label: app.name,
      submenu: [
        { role: 'about' },
        { type: 'separator' },
        { role: 'close' },
        { label: `Quit ${app.name}`, accelerator: 'CommandOrControl+Q', click: actions.quit },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'zoomIn' },
        // The plus key without Shift.
        { role: 'zoomIn', accelerator: 'CommandOrControl+=', visible: false },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : ([{ role: 'reload' }, { role: 'toggleDevTools' }] as const)),
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ label: 'Show log files', click: actions.showLogs }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** A plugin of a network configuration list (CNI 1.0, "Plugin configuration objects"), with whatever keys it knows. */
export interface PluginConfig {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A network configuration list as `poplinctl install` writes it. */
export interface NetworkConfigList {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly PluginConfig[];
  readonly [key: string]: unknown;
}

/** Makes one network configuration out of the installed one. */
export type ConfigChange = (installed: NetworkConfigList) => NetworkConfigList;

/** Puts plugins behind Poplin's. */
export const followedBy =
  (...behind: readonly PluginConfig[]): ConfigChange =>
  (installed) => ({ ...installed, plugins: [...installed.plugins, ...behind] });

/** The same, and Poplin's is told of no capability: what the runtime sends is for those behind it. */
export const chained =
  (...behind: readonly PluginConfig[]): ConfigChange =>
  (installed) => {
    const plugins = installed.plugins.map(({ capabilities: _, ...own }) => own as PluginConfig);
    return followedBy(...behind)({ ...installed, plugins });
  };

/** Changes the one entry of Poplin. */
export const withOptions =
  (options: Readonly<Record<string, unknown>>): ConfigChange =>
  (installed) => ({
    ...installed,
    plugins: installed.plugins.map((plugin) => ({ ...plugin, ...options })),
  });

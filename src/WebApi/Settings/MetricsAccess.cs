namespace NeuroLab.WebApi.Settings;

/// <summary>Who may read the metrics at <c>/metrics</c>: the setting <c>Metrics:Access</c>.</summary>
internal enum MetricsAccess
{
    /// <summary>Nobody: there is no such page, and nothing is collected for it.</summary>
    Off,

    /// <summary>Administrators, by their role or by the administrator's key.</summary>
    Admin,

    /// <summary>Whoever reaches the service.</summary>
    Anyone,
}

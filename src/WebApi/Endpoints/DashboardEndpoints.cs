using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Dashboard;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Endpoints;

/// <summary>Dashboards of the signed-in user.</summary>
internal static class DashboardEndpoints
{
    private static readonly IntParameter Limit = new("limit", "How many experiments.", GetDashboardRecent.DefaultLimit, 1, 50);
    private static readonly IntParameter Days = new("days", "Of how many days.", GetDashboardRecent.DefaultDays, 1, 365);

    /// <summary>Maps the endpoints.</summary>
    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        var dashboard = routes.MapGroup("/api/dashboard").WithTags("Dashboard").RequireAuthorization();
        dashboard.MapCached("/summary", "getDashboardSummary", "Figures over all experiments.", (user, _, read) => new GetDashboardSummary(user) { ReadOptions = read });
        dashboard.MapCached("/charts", "getDashboardCharts", "Series for charts.", Charts, PeriodParameter, ExperimentEndpoints.TypeParameter);
        dashboard.MapCached("/recent", "getDashboardRecent", "The newest experiments with their metrics.", Recent, Limit, Days);
    }

    /// <summary>The parameter by which charts are narrowed to a period.</summary>
    public static WordParameter PeriodParameter { get; } = new("period", "Over what time.", GetDashboardCharts.DefaultPeriod, ["7d", "30d", "90d", "all"]);

    private static GetDashboardCharts Charts(Guid user, QueryReader query, CacheReadOptions read) =>
        new(user, query.Word(PeriodParameter)!, query.Word(ExperimentEndpoints.TypeParameter)) { ReadOptions = read };

    private static GetDashboardRecent Recent(Guid user, QueryReader query, CacheReadOptions read) =>
        new(user, query.Int(Limit), query.Int(Days)) { ReadOptions = read };
}

using MediatR;
using NeuroLab.Application.Dashboard;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.OpenApi;
using NeuroLab.WebApi.Security;

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
        dashboard.MapGet("/summary", Summary)
            .Describe("getDashboardSummary", "Figures over all experiments.", new() { IsCached = true })
            .Produces<DashboardSummaryResponse>();
        dashboard.MapGet("/charts", Charts)
            .Describe("getDashboardCharts", "Series for charts.", new() { IsCached = true, Parameters = [PeriodParameter, ExperimentEndpoints.TypeParameter] })
            .Produces<DashboardChartsResponse>();
        dashboard.MapGet("/recent", Recent)
            .Describe("getDashboardRecent", "The newest experiments with their metrics.", new() { IsCached = true, Parameters = [Limit, Days] })
            .Produces<DashboardRecentResponse>();
    }

    /// <summary>The parameter by which charts are narrowed to a period.</summary>
    public static WordParameter PeriodParameter { get; } = new("period", "Over what time.", GetDashboardCharts.DefaultPeriod, ["7d", "30d", "90d", "all"]);

    private static Task<IResult> Summary(HttpContext http, IMediator mediator) => mediator.AnswerAsync(http, (_, read) =>
        new GetDashboardSummary(http.User.Id()) { ReadOptions = read });

    private static Task<IResult> Charts(HttpContext http, IMediator mediator) => mediator.AnswerAsync(http, (query, read) =>
        new GetDashboardCharts(http.User.Id(), query.Word(PeriodParameter)!, query.Word(ExperimentEndpoints.TypeParameter)) { ReadOptions = read });

    private static Task<IResult> Recent(HttpContext http, IMediator mediator) => mediator.AnswerAsync(http, (query, read) =>
        new GetDashboardRecent(http.User.Id(), query.Int(Limit), query.Int(Days)) { ReadOptions = read });
}

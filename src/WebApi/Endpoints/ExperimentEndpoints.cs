using System.Text.Json;
using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Experiments;
using NeuroLab.Domain.Experiments;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.OpenApi;
using NeuroLab.WebApi.Security;

namespace NeuroLab.WebApi.Endpoints;

/// <summary>Experiments of the signed-in user.</summary>
internal static class ExperimentEndpoints
{
    private const string What = "experiment";

    private static readonly IntParameter Limit = new("limit", "Page size.", ListExperiments.DefaultLimit, 1, 100);
    private static readonly IntParameter Offset = new("offset", "How many to pass over.", 0, 0, int.MaxValue);
    private static readonly WordParameter Status = new("status", "With this status only.", null, ExperimentNames.Statuses);

    /// <summary>Maps the endpoints.</summary>
    public static void MapExperiments(this IEndpointRouteBuilder routes)
    {
        var experiments = routes.MapGroup("/api/experiments").WithTags("Experiments").RequireAuthorization();
        experiments.MapPost("", CreateAsync)
            .Describe("createExperiment", "Run a mock experiment and store it.", new() { Body = typeof(CreateExperimentBody), AnswersWithToken = true, MayConflict = true, AnswersWithLocation = true })
            .Produces<ExperimentDetailsResponse>(StatusCodes.Status201Created);
        experiments.MapCached("", "listExperiments", "One page of experiments, newest first.", List, Limit, Offset, TypeParameter, Status);
        experiments.MapGet("/{id}", Get)
            .Describe("getExperiment", "One experiment with its results.", new() { IsCached = true, Problems = [404] })
            .Produces<ExperimentDetailsResponse>();
        experiments.MapPatch("/{id}", RenameAsync)
            .Describe("renameExperiment", "Give an experiment another name.", new() { Body = typeof(RenameExperimentBody), AnswersWithToken = true, MayConflict = true, Problems = [404] })
            .Produces<RenamedResponse>();
        experiments.MapDelete("/{id}", DeleteAsync)
            .Describe("deleteExperiment", "Delete an experiment with its results.", new() { AnswersWithToken = true, MayConflict = true, Problems = [404] })
            .AnswersNothing();
    }

    /// <summary>The parameter by which reads are narrowed to one type.</summary>
    public static WordParameter TypeParameter { get; } = new("experiment_type", "Of this type only.", null, ExperimentNames.Types);

    private static async Task<IResult> CreateAsync(HttpContext http, IMediator mediator)
    {
        var body = await JsonBody.ReadAsync<CreateExperimentBody>(http);
        var created = await mediator.CommandAsync(http, new CreateExperiment(http.User.Id(), body.Name, body.ExperimentType, body.Parameters));
        http.Response.Headers.Location = $"{http.Request.PathBase}/api/experiments/{created.Experiment.Id:D}";
        return Results.Json(created, ApiJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private static ListExperiments List(Guid user, QueryReader query, CacheReadOptions read) =>
        new(user, query.Int(Limit), query.Int(Offset), query.Word(TypeParameter), query.Word(Status)) { ReadOptions = read };

    private static Task Get(HttpContext http, CachedQueries queries, string id) => queries.AnswerAsync(http, (_, read) =>
        new GetExperiment(http.User.Id(), Requests.Id(id, What)) { ReadOptions = read });

    private static async Task<IResult> RenameAsync(HttpContext http, IMediator mediator, string id)
    {
        var experiment = Requests.Id(id, What);
        var body = await JsonBody.ReadAsync<RenameExperimentBody>(http);
        var renamed = await mediator.CommandAsync(http, new RenameExperiment(http.User.Id(), experiment, body.Name));
        return Results.Json(new RenamedResponse(renamed), ApiJson.Options);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, IMediator mediator, string id)
    {
        await mediator.CommandAsync(http, new DeleteExperiment(http.User.Id(), Requests.Id(id, What)));
        return Results.NoContent();
    }
}

/// <summary>Runs an experiment.</summary>
/// <param name="Name">Its name, 1 to 200 characters after trimming.</param>
/// <param name="ExperimentType">heart_rate, reaction_time, memory or eeg.</param>
/// <param name="Parameters">Its parameters, those of its type; what is left out takes its default.</param>
internal sealed record CreateExperimentBody(string Name, string ExperimentType, IReadOnlyDictionary<string, JsonElement>? Parameters = null);

/// <summary>Renames an experiment.</summary>
/// <param name="Name">Its new name, 1 to 200 characters after trimming.</param>
internal sealed record RenameExperimentBody(string Name);

/// <summary>An experiment under its new name.</summary>
/// <param name="Experiment">The experiment.</param>
internal sealed record RenamedResponse(ExperimentResponse Experiment);

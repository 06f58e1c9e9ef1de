namespace NeuroLab.WebApi.Errors;

/// <summary>Gives an answer that is an error, and has no body yet, the body that every error has.</summary>
internal sealed class StatusProblems(RequestDelegate next, ProblemWriter problems)
{
    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        await next(http);
        var response = http.Response;
        if (response.StatusCode is >= StatusCodes.Status400BadRequest and < 600 && !response.HasStarted && response.ContentLength is null && string.IsNullOrEmpty(response.ContentType))
        {
            await problems.WriteAsync(http, Failure.OfStatus(response.StatusCode, null));
        }
    }
}

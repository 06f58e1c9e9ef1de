using MediatR;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Common;

namespace NeuroLab.WebApi.Http;

/// <summary>Sends commands of the Application, and reads what requests name.</summary>
internal static class Requests
{
    /// <summary>Sends a command and puts the token of its write into the answer's headers.</summary>
    public static async Task<T> CommandAsync<T>(this IMediator mediator, HttpContext http, ICommand<T> command)
    {
        var committed = await mediator.Send(command, http.RequestAborted);
        if (committed.Token is { } token)
        {
            http.Response.Headers[ApiHeaders.ConsistencyToken] = token.ToString();
        }

        return committed.Value;
    }

    /// <summary>Reads an id of the path. What is no id names nothing.</summary>
    /// <exception cref="NotFoundException">It is not a UUID.</exception>
    public static Guid Id(string text, string what) =>
        // The framework's reader takes signs in the place of digits, and spaces around them.
        Guid.TryParseExact(text, "D", out var id) && string.Equals(id.ToString("D"), text, StringComparison.OrdinalIgnoreCase) ? id : throw new NotFoundException($"There is no such {what}.");
}

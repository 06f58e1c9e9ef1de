using MediatR;
using Microsoft.Extensions.Logging;

namespace NeuroLab.Application.Behaviours;

/// <summary>Logs each request by its name and its time, and nothing of its content. An answer that is there at once costs no state machine.</summary>
internal sealed partial class RequestLoggingBehavior<TRequest, TResponse>(TimeProvider clock, ILogger<RequestLoggingBehavior<TRequest, TResponse>> logger)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        logger.IsEnabled(LogLevel.Debug) ? LoggedAsync(next) : next();

    private async Task<TResponse> LoggedAsync(RequestHandlerDelegate<TResponse> next)
    {
        var start = clock.GetTimestamp();
        try
        {
            var response = await next().ConfigureAwait(false);
            LogHandled(typeof(TRequest).Name, clock.GetElapsedTime(start).TotalMilliseconds);
            return response;
        }
        catch (Exception exception)
        {
            LogFailed(typeof(TRequest).Name, clock.GetElapsedTime(start).TotalMilliseconds, exception.GetType().Name);
            throw;
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Debug, Message = "{Request} was handled in {Milliseconds} ms.")]
    private partial void LogHandled(string request, double milliseconds);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Debug, Message = "{Request} failed after {Milliseconds} ms with {Failure}.")]
    private partial void LogFailed(string request, double milliseconds, string failure);
}

def retry(function, times):
    return function()
